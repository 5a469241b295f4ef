using System.Text;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// Where something was said, as words of the full-text index. They consist of private characters, which nobody needs in a text, one for nearly every number, so that they have
/// no prefixes to be indexed.
/// </summary>
internal static class SearchPlace
{
    // The private characters of plane 15, in two halves. SQLite takes them for letters, which it does not with those of plane 16.
    private const int Accounts = 0xF0000;
    private const int Conversations = 0xF8000;
    private const int Base = 0x7000;

    /// <summary>Among the direct conversations of an account, whichever they are.</summary>
    public static string Of(AccountId account) => Write(account.Value, Accounts);

    /// <summary>In this conversation.</summary>
    public static string Of(ConversationId conversation) => Write(conversation.Value, Conversations);

    private static string Write(long number, int first)
    {
        var word = "";
        do
        {
            word = new Rune(first + (int)(number % Base)) + word;
            number /= Base;
        }
        while (number > 0);
        return word;
    }
}
