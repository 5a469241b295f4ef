using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kabar.Cli.Terminal;

/// <summary>What the C library of Linux says about terminals. Layouts and numbers are those of glibc and musl on x64 and arm64.</summary>
internal static partial class LibC
{
    public const int StandardInput = 0;
    public const int StandardOutput = 1;
    public const int Drain = 1; // TCSADRAIN: output first, and input stays
    public const nuint WindowSizeRequest = 0x5413; // TIOCGWINSZ

    // BRKINT INPCK ISTRIP INLCR IGNCR ICRNL IXON: what changes or swallows bytes on their way in
    public const uint InputFlags = 0x0002 | 0x0010 | 0x0020 | 0x0040 | 0x0080 | 0x0100 | 0x0400;
    public const uint Echo = 0x0008;
    public const uint EchoNewLine = 0x0040;
    public const uint Canonical = 0x0002;
    public const uint Signals = 0x0001;
    public const uint Extended = 0x8000;
    public const int MinimumIndex = 6; // VMIN
    public const int TimeIndex = 5; // VTIME

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetAttributes(int descriptor, out Attributes attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetAttributes(int descriptor, int actions, in Attributes attributes);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, out WindowSize size);

    [InlineArray(32)]
    public struct ControlCharacters
    {
        private byte _first;
    }

    /// <summary><c>struct termios</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Attributes
    {
        public uint Input;
        public uint Output;
        public uint Control;
        public uint Local;
        public byte Line;
        public ControlCharacters Characters;
        public uint InputSpeed;
        public uint OutputSpeed;
    }

    /// <summary><c>struct winsize</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelsAcross;
        public ushort PixelsDown;
    }
}
