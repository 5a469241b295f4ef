using System.Diagnostics.CodeAnalysis;

namespace Kabar.Core;

/// <summary>A value, or the refusal that stands in its place.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct Result<T>
{
    private readonly T? _value;
    private readonly Refusal _refusal;

    private Result(T value) => (_value, IsOk) = (value, true);

    private Result(Refusal refusal) => _refusal = refusal;

    /// <summary>Whether there is a value.</summary>
    public bool IsOk { get; }

    /// <summary>Takes the value, or else the refusal.</summary>
    /// <returns>True when there is a value.</returns>
    public bool TryGet([MaybeNullWhen(false)] out T value, out Refusal refusal)
    {
        (value, refusal) = (_value, _refusal);
        return IsOk;
    }

    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value);

    /// <summary>A refusal.</summary>
    public static implicit operator Result<T>(Refusal refusal) => new(refusal);

    /// <inheritdoc/>
    public override string ToString() => IsOk ? $"{_value}" : $"refused: {_refusal}";
}
