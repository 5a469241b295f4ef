using Kabar.Server.Federation;

namespace Kabar.Server.Lines;

/// <summary>A conversation in a group that a legacy peer holds: this server only carries it.</summary>
internal sealed class RelayedConversation(LegacyConversation conversation, LegacyTimes times, string group, ConversationTerms terms, TimeProvider clock) : IConversation
{
    public async Task<bool> RunAsync()
    {
        await using (conversation)
        {
            using var relay = new LegacyRelay(conversation, terms.Transport, group, terms.EndsLines, times, clock);
            return await relay.RunAsync() != LegacyRelayEnd.ClientLost;
        }
    }
}
