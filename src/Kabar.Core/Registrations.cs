namespace Kabar.Core;

/// <summary>Who may make an account by himself.</summary>
public enum RegistrationMode
{
    /// <summary>Nobody: the operator makes accounts.</summary>
    Off,

    /// <summary>Who has an invitation code.</summary>
    Invite,

    /// <summary>Everybody.</summary>
    Open,
}

/// <summary>Accounts that people make by themselves. Safe to call from any thread.</summary>
public sealed class Registrations
{
    /// <summary>Makes an invitation code. Only its hash is kept.</summary>
    /// <param name="uses">How often it works, at least once.</param>
    /// <param name="lifetime">For how long.</param>
    /// <returns>The code: 16 characters in groups of four, which are easy to read out.</returns>
    public ValueTask<string> InviteAsync(int uses, TimeSpan lifetime) => throw new NotImplementedException();

    /// <summary>Makes an account.</summary>
    /// <param name="username">As it was typed.</param>
    /// <param name="displayName">What people see; null for the username.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="code">The invitation code, or null.</param>
    /// <param name="origin">The network address it counts for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// The account; <see cref="Refusal.RegistrationClosed"/>, <see cref="Refusal.WrongCode"/>, <see cref="Refusal.NameTaken"/>, <see cref="Refusal.InvalidName"/>, or
    /// <see cref="Refusal.TooManyAttempts"/> when too many came from there.
    /// </returns>
    public ValueTask<Result<Account>> RegisterAsync(string username, string? displayName, Password password, string? code, string origin, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
