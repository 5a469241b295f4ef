using System.Runtime.Versioning;

// Signals, system-call traces, mounts: the executable is judged on the system it is meant for.
[assembly: SupportedOSPlatform("linux")]
