namespace Kabar.Cli.Bench;

/// <summary>The measurement cannot be made. The message is the sentence for the person.</summary>
internal sealed class BenchFault(string sentence) : Exception(sentence);
