using System.Runtime.Versioning;

// Signals, system-call traces, mounts: the executable is judged on the system it is meant for.
[assembly: SupportedOSPlatform("linux")]

// One browser for all that look at the page.
[assembly: AssemblyFixture(typeof(Kabar.Scenarios.Browser.Chromium))]
