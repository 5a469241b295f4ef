using System.IO.Pipelines;
using System.Net;
using Kabar.Protocol.Dialects;
using Kabar.Server.Connections;

namespace Kabar.Server.Lines;

/// <summary>What a connection is between a <c>group</c> request and its closing reply: held here, or by a legacy peer.</summary>
internal interface IConversation
{
    /// <summary>Converses until somebody ends it. What the client has sent behind its <c>exit</c> is still in its pipe then.</summary>
    /// <returns>Whether the connection is one of requests and replies again; else the client is gone.</returns>
    Task<bool> RunAsync();
}

/// <summary>Over which connection a conversation is held, and how.</summary>
/// <param name="Transport">The connection; nothing is being written on it.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Abort">Ends it at once.</param>
/// <param name="Rate">How much may be said on it.</param>
/// <param name="Dialect">Who words replies and refusals.</param>
/// <param name="EndsLines">Whether each text ends with a line end, both ways: a person with nc.</param>
internal sealed record ConversationTerms(IDuplexPipe Transport, IPAddress Origin, Action Abort, RequestRate Rate, Dialect Dialect, bool EndsLines);
