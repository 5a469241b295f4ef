using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>The numbers of addresses, kept in memory while they are in use. The writer's thread only.</summary>
internal sealed class Addresses
{
    private const int CacheLimit = 100_000;

    private readonly Dictionary<Address, long> _numbers = [];
    private readonly List<Address> _staged = [];

    /// <summary>
    /// Within a transaction: the number of an address, given if need be. A name of this realm without an account gets one that is
    /// retired, so that an account made later is somebody else.
    /// </summary>
    public long NumberOf(Database database, Address address)
    {
        if (_numbers.TryGetValue(address, out var known)) return known;

        var realm = address.Realm?.Value ?? "";
        var number = Find(database, address)
            ?? (address.Realm is null
                ? database.Prepare("SELECT max(id) FROM address WHERE username = ?1 AND realm = ''").Bind(1, address.Username.Value).ReadNumber()
                : null);
        if (number is null)
        {
            database.Prepare("INSERT INTO address (username, realm, retired) VALUES (?1, ?2, ?3)")
                .Bind(1, address.Username.Value)
                .Bind(2, realm)
                .Bind(3, address.Realm is null ? 0 : (long?)null)
                .Run();
            number = database.LastRow;
        }

        _numbers.Add(address, number.Value);
        _staged.Add(address);
        return number.Value;
    }

    /// <summary>Within a transaction: the number of an address, if it has one.</summary>
    public long? FindNumber(Database database, Address address)
    {
        if (_numbers.TryGetValue(address, out var known)) return known;
        if (Find(database, address) is not { } number) return null;
        _numbers.Add(address, number);
        _staged.Add(address);
        return number;
    }

    /// <summary>The address of a number.</summary>
    public static Address Read(Database database, long number)
    {
        var query = database.Prepare("SELECT username, realm FROM address WHERE id = ?1").Bind(1, number);
        if (!query.Step()) throw new StoreException($"There is no address {number}; run 'kabar check'.");
        var address = MessageLog.ReadAddress(query, 0);
        query.Reset();
        return address;
    }

    /// <summary>The number of the address that has the name now, or null.</summary>
    public static long? Find(Database database, Address address) =>
        database.Prepare("SELECT id FROM address WHERE username = ?1 AND realm = ?2 AND retired IS NULL")
            .Bind(1, address.Username.Value).Bind(2, address.Realm?.Value ?? "").ReadNumber();

    /// <summary>The name belongs to somebody else from now on, or to nobody.</summary>
    public void Forget(Username username) => _numbers.Remove(new Address(username));

    /// <summary>After a commit.</summary>
    public void Publish()
    {
        _staged.Clear();
        if (_numbers.Count > CacheLimit) _numbers.Clear();
    }

    /// <summary>Forgets what was staged for a transaction that failed.</summary>
    public void RollBack()
    {
        foreach (var address in _staged) _numbers.Remove(address);
        _staged.Clear();
    }
}
