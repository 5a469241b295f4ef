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
    private const int OriginLimit = 100_000;

    private readonly IStore _store;
    private readonly Accounts _accounts;
    private readonly RealmOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly AttemptWindows<string> _origins;

    internal Registrations(IStore store, Accounts accounts, RealmOptions options, TimeProvider clock)
    {
        (_store, _accounts, _options, _clock) = (store, accounts, options, clock);
        _origins = new AttemptWindows<string>(TimeSpan.FromHours(1), clock);
    }

    /// <summary>Makes an invitation code. Only its hash is kept.</summary>
    /// <param name="uses">How often it works, at least once.</param>
    /// <param name="lifetime">For how long.</param>
    /// <returns>The code: 16 characters in groups of four, which are easy to read out.</returns>
    public async ValueTask<string> InviteAsync(int uses, TimeSpan lifetime)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(uses);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        var code = RegistrationCode.Create();
        await _store.AddRegistrationCodeAsync(code.Hash(), uses, _clock.GetUtcNow() + lifetime);
        return code.Write();
    }

    /// <summary>Makes an account. What is well-formed counts for the address, whatever comes of it, so that neither codes nor names are found out by trying.</summary>
    /// <param name="username">As it was typed.</param>
    /// <param name="displayName">What people see; null for the username.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="code">The invitation code, or null; where everybody may register it does not matter.</param>
    /// <param name="origin">The network address it counts for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// The account; <see cref="Refusal.RegistrationClosed"/>, <see cref="Refusal.WrongCode"/>, <see cref="Refusal.NameTaken"/>, <see cref="Refusal.InvalidName"/>, or
    /// <see cref="Refusal.TooManyAttempts"/> when too many came from there.
    /// </returns>
    public async ValueTask<Result<Account>> RegisterAsync(string username, string? displayName, Password password, string? code, string origin, CancellationToken cancellationToken)
    {
        if (_options.Registration == RegistrationMode.Off) return Refusal.RegistrationClosed;
        if (!Accounts.CanBe(username, displayName ?? username, password)) return Refusal.InvalidName;
        if (!TryCount(origin)) return Refusal.TooManyAttempts;

        TokenHash? hash = null;
        if (_options.Registration == RegistrationMode.Invite)
        {
            if (!RegistrationCode.TryParse(code, out var typed)) return Refusal.WrongCode;
            hash = typed.Hash();
        }

        return await _accounts.RegisterAsync(username, displayName ?? username, password, hash, cancellationToken);
    }

    // Bounded: past the limit what has run out goes, and if nothing has, counting starts again.
    private bool TryCount(string origin)
    {
        var now = _clock.GetTimestamp();
        lock (_gate)
        {
            if (_origins.Count >= OriginLimit) _origins.Prune(now);
            if (_origins.Count >= OriginLimit) _origins.Clear();
            var window = _origins.Current(origin, now);
            if (_options.RegistrationsPerHour > 0 && window.Count >= _options.RegistrationsPerHour) return false;
            window.Count++;
            return true;
        }
    }
}
