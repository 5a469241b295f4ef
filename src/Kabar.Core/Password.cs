namespace Kabar.Core;

/// <summary>A password as it was typed, in UTF-8. It prints as nothing.</summary>
/// <param name="Utf8">The bytes.</param>
public readonly record struct Password(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>The most bytes a password may have.</summary>
    public const int MaxBytes = 1024;

    /// <inheritdoc/>
    public override string ToString() => "(password)";
}
