namespace Kabar.Cli;

/// <summary>A command cannot do what it was asked. The message is the sentence for the person.</summary>
internal sealed class CommandFault(string sentence) : Exception(sentence);
