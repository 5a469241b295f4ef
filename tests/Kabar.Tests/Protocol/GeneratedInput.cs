using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kabar.Tests.Protocol;

/// <summary>Bytes as no client would send them, near enough to requests to get far.</summary>
internal static class GeneratedInput
{
    private static readonly Gen<byte[]> Piece = Gen.OneOf(
        Gen.Elements(
            "auth ", "login ", "send ", "chat ", "inbox ", "kotakmasuk ", "actives ", "listuser ", "user_on ", "online", "logout ", "dialect chat", "dialect ",
            "group ", "server ", "check ", "other ",
            "messi ", "surabaya", "0f8fad5b-d9cb-469f-a165-70867728950e ", " ", "\r\n", " \r\n", "\n", "\r", "\0", "é", "🐐", "\"", "\\", "GET / HTTP/1.1\r\n", "{}")
            .Select(Encoding.UTF8.GetBytes),
        ArbMap.Default.GeneratorFor<byte>().ArrayOf(),
        ArbMap.Default.GeneratorFor<byte>().Select(value => new[] { value }),
        Gen.Choose(150, 260).Select(length => new byte[length].Select(_ => (byte)'x').ToArray()));

    public static Arbitrary<byte[][]> Pieces { get; } = Piece.ArrayOf().ToArbitrary();
}
