using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Kabar.Cli.Terminal;

/// <summary>A question at the terminal and its answer of one line. Asked on the error stream, so that an output sent elsewhere stays
/// clean.</summary>
internal static class Question
{
    public static string? Ask(string question, bool isSecret)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.Write(question);
            return isSecret ? ReadUnseen() : Console.ReadLine();
        }

        // Before the question: whoever answers at once is not to be seen either.
        using var silent = isSecret ? TerminalMode.Silent() : null;
        Console.Error.Write(question);
        return ReadLine();
    }

    // Byte by byte and past Console, whose own reader would show what is typed.
    private static string? ReadLine()
    {
        using var keyboard = new FileStream(new SafeFileHandle(LibC.StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        var line = new List<byte>();
        while (true)
        {
            switch (keyboard.ReadByte())
            {
                case -1: return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
                case '\n': return Encoding.UTF8.GetString([.. line]);
                case var value: line.Add((byte)value); break;
            }
        }
    }

    private static string ReadUnseen()
    {
        var line = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace) line.Length = Math.Max(0, line.Length - 1);
            else if (!char.IsControl(key.KeyChar)) line.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return line.ToString();
    }
}
