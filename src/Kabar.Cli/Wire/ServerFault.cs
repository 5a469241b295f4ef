namespace Kabar.Cli.Wire;

/// <summary>The server cannot be spoken with: not reached, not trusted, lost, silent, or not a server of this kind. The message is a
/// sentence for a person.</summary>
internal sealed class ServerFault(string sentence, Exception? cause = null) : IOException(sentence, cause);
