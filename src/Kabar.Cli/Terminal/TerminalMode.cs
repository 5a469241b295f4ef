using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Kabar.Cli.Terminal;

/// <summary>The terminal in another mode for as long as this object lives: every key at once and unseen, or lines that are not shown. The
/// mode found is put back at the end, and also when the process is told to end or falls over while this lives.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TerminalMode : IDisposable
{
    private readonly Lock _gate = new();
    private readonly LibC.Attributes _found;
    private readonly LibC.Attributes _wanted;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private bool _isRestored;

    private TerminalMode(LibC.Attributes found, LibC.Attributes wanted)
    {
        _found = found;
        _wanted = wanted;
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
        {
            // The signal itself goes on to do what it does.
            _registrations.Add(PosixSignalRegistration.Create(signal, _ => Restore()));
        }

        // After a stop the shell above us has put its own mode in place.
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Apply()));
        AppDomain.CurrentDomain.ProcessExit += OnEnd;
        AppDomain.CurrentDomain.UnhandledException += OnEnd;
        Apply();
    }

    /// <summary>Whether a line can be edited here: a terminal on both sides, on a system whose terminals we know.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsAvailable =>
        OperatingSystem.IsLinux() && !Console.IsInputRedirected && !Console.IsOutputRedirected
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb")
        && LibC.GetAttributes(LibC.StandardInput, out _) == 0;

    public static ScreenSize Size =>
        LibC.Control(LibC.StandardOutput, LibC.WindowSizeRequest, out var size) == 0 && size is { Columns: > 0, Rows: > 0 }
            ? new ScreenSize(size.Columns, size.Rows)
            : new ScreenSize(80, 24);

    /// <summary>Keys as they are pressed, none of them shown, ctrl-c one of them. Output is not touched.</summary>
    public static TerminalMode Raw() => Enter((ref LibC.Attributes mode) =>
    {
        mode.Input &= ~LibC.InputFlags;
        mode.Local &= ~(LibC.Echo | LibC.Canonical | LibC.Extended | LibC.Signals);
        mode.Characters[LibC.MinimumIndex] = 1;
        mode.Characters[LibC.TimeIndex] = 0;
    });

    /// <summary>Lines as always, but not shown while they are typed: for a password.</summary>
    public static TerminalMode Silent() => Enter((ref LibC.Attributes mode) =>
    {
        mode.Local &= ~LibC.Echo;
        mode.Local |= LibC.EchoNewLine;
    });

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnEnd;
        AppDomain.CurrentDomain.UnhandledException -= OnEnd;
        foreach (var registration in _registrations) registration.Dispose();
        Restore();
    }

    private static TerminalMode Enter(Change change)
    {
        if (LibC.GetAttributes(LibC.StandardInput, out var found) != 0) throw new IOException("The standard input is not a terminal.");
        var wanted = found;
        change(ref wanted);
        return new TerminalMode(found, wanted);
    }

    private delegate void Change(ref LibC.Attributes mode);

    private void OnEnd(object? sender, EventArgs ending) => Restore();

    private void Apply()
    {
        lock (_gate)
        {
            if (!_isRestored) _ = LibC.SetAttributes(LibC.StandardInput, LibC.Drain, in _wanted);
        }
    }

    private void Restore()
    {
        lock (_gate)
        {
            if (_isRestored) return;
            _isRestored = true;
            _ = LibC.SetAttributes(LibC.StandardInput, LibC.Drain, in _found);
        }
    }
}
