using Kabar.Protocol.Links;

namespace Kabar.Protocol.Native;

/// <summary>Every key of every request.</summary>
internal enum NativeKey
{
    Do, Id, To, Text, Key, Reply, Position, Emoji, Username, Password, Code, Name, Token, Old, New, Session, Before, After, Limit, In, Words, User, Presence,
    Group, Open, Role, Realm, All, From, Language, Dialect, Verb,
}

internal static class NativeKeys
{
    /// <summary>How many there are.</summary>
    public const int Count = (int)NativeKey.Verb + 1;

    /// <summary>The longest word of one.</summary>
    public const int Longest = 16;

    public static readonly WordTable<NativeKey> Table = new(Word);

    public static string Word(NativeKey key) => key.ToString().ToLowerInvariant();
}
