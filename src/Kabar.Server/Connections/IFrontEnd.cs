namespace Kabar.Server.Connections;

/// <summary>One way of speaking with clients.</summary>
internal interface IFrontEnd
{
    /// <summary>Serves a connection until its client leaves, breaks a limit, asks for another way of speaking, or the server stops.</summary>
    /// <param name="connection">Which. Nothing is being written on it, before and afterwards.</param>
    /// <param name="speech">What the client speaks; one that this front end knows.</param>
    /// <returns>What it speaks from now on, with what it has sent behind its asking still in its pipe; null when the connection is over.</returns>
    Task<Speech?> ServeAsync(ClientConnection connection, Speech speech);
}
