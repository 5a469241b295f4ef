using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>Holds what is there against what was promised. It knows nothing of how the run went but its ledger.</summary>
internal sealed class Judge
{
    // How a notice words it in the old dialects that a group's home was put back.
    private const string Recovering = "Grup Sedang Dipulihkan";

    private readonly Ledger _ledger;
    private readonly World _world;
    private readonly Verdict _verdict = new();
    private readonly IReadOnlyList<Sending> _sendings;
    private readonly Dictionary<Stamp, Sending> _byStamp;
    private readonly HashSet<Stamp> _told = [];
    private readonly HashSet<Stamp> _toldOfRecovery = [];
    private readonly Dictionary<Stamp, int> _delivered = [];

    private Judge(Ledger ledger, World world)
    {
        _ledger = ledger;
        _world = world;
        _sendings = ledger.Sendings;
        _byStamp = _sendings.ToDictionary(sending => sending.Stamp);
    }

    public static Verdict Decide(Ledger ledger, World world)
    {
        var judge = new Judge(ledger, world);
        judge.Decide();
        return judge._verdict;
    }

    private void Decide()
    {
        // 1. Who was told what, and what every inbox holds.
        foreach (var (address, inbox) in _world.Inboxes) ReadNotices(address, inbox);
        foreach (var (address, inbox) in _world.Inboxes) ReadInbox(address, inbox);

        // 2. Private messages, one by one, and their copies at both ends.
        foreach (var sending in _sendings.Where(sending => sending.To is not null)) JudgePrivate(sending);
        JudgeCopies();

        // 3. The group: one history everywhere, everything seen in it, everybody's view a part of it.
        if (_world.Group is not null) JudgeGroup();

        _verdict.Sent = _sendings.Count;
        _verdict.Acknowledged = _sendings.Count(sending => sending.Outcome == Outcome.Acknowledged);
        _verdict.Unknown = _sendings.Count(sending => sending.Outcome == Outcome.Unknown && !_told.Contains(sending.Stamp));
        _verdict.RefusedAndTold = _sendings.Count(sending => sending.Outcome == Outcome.Refused || _told.Contains(sending.Stamp));
    }

    private void ReadNotices(string address, IReadOnlyList<InboxEntry> inbox)
    {
        var realm = RealmOf(address);
        foreach (var notice in inbox.Where(IsNotice))
        {
            _verdict.Require(notice.Sender == $"@{realm}", $"{address} has a notice from {notice.Sender}: {notice.Text}");
            foreach (var stamp in Stamp.FindAll(notice.Text))
            {
                if (stamp.Address == address)
                {
                    _told.Add(stamp);
                    if (notice.Text.Contains(Recovering, StringComparison.Ordinal)) _toldOfRecovery.Add(stamp);
                }
                else _verdict.Fault($"{address} was told of a message that is not his: {notice.Text}");
            }
        }
    }

    private void ReadInbox(string address, IReadOnlyList<InboxEntry> inbox)
    {
        var last = new Dictionary<string, int>();
        foreach (var entry in inbox.Where(entry => !IsNotice(entry)))
        {
            var stamps = Stamp.FindAll(entry.Text).ToList();
            if (stamps is not [var stamp] || entry.Text != stamp.ToString() || !_byStamp.TryGetValue(stamp, out var sending) || sending.To != address)
            {
                _verdict.Fault($"{address} has what nobody sent him, from {entry.Sender}: {entry.Text}");
                continue;
            }

            _verdict.Require(entry.Sender == stamp.User || entry.Sender == stamp.Address, $"{address} has {entry.Text} under {entry.Sender}");
            var times = _delivered[stamp] = _delivered.GetValueOrDefault(stamp) + 1;
            if (times > 1)
            {
                _verdict.Doubled++;
                _verdict.Fault($"doubled: {entry.Text} in the inbox of {address}");
                continue;
            }

            if (last.TryGetValue(stamp.Address, out var before) && before > stamp.Number)
            {
                _verdict.OutOfOrder++;
                _verdict.Fault($"out of order: {entry.Text} after number {before} in the inbox of {address}");
            }

            last[stamp.Address] = stamp.Number;
        }
    }

    private void JudgePrivate(Sending sending)
    {
        var isThere = _delivered.ContainsKey(sending.Stamp);
        var isTold = _told.Contains(sending.Stamp);
        _verdict.Require(!isThere || !isTold, $"told of a failure, and yet delivered: {sending.Stamp} to {sending.To}");
        if (sending.Outcome == Outcome.Refused) _verdict.Require(!isThere, $"refused ({sending.Reply}), and yet delivered: {sending.Stamp} to {sending.To}");
        if (sending.Outcome != Outcome.Acknowledged || isThere || isTold) return;

        // Only the sender's own realm answers for what nobody else has had.
        if (!IsWithin(sending, sending.Stamp.Realm))
        {
            _verdict.Fault($"lost: {sending.Stamp} to {sending.To} was acknowledged");
            return;
        }

        _verdict.LostWithRestore.Add($"{sending.Stamp} to {sending.To}");
        if (sending.To is { } to && RealmOf(to) == sending.Stamp.Realm) _verdict.LostLocally++;
    }

    private void JudgeCopies()
    {
        var copies = _world.Exports.ToDictionary(
            export => export.Key,
            export => export.Value.Direct.SelectMany(message => IsFrom(message) ? Stamp.FindAll(message.Text) : []).CountBy(stamp => stamp).ToDictionary());
        foreach (var sending in _sendings)
        {
            if (sending.To is not { } to) continue;
            var ends = new HashSet<string> { sending.Stamp.Realm, RealmOf(to) };
            foreach (var realm in ends.Where(copies.ContainsKey))
            {
                var count = copies[realm].GetValueOrDefault(sending.Stamp);
                if (count > 1) _verdict.Doubled++;
                _verdict.Require(count <= 1, $"doubled: {count} copies of {sending.Stamp} at {realm}");
                _verdict.Require(count > 0 || !_delivered.ContainsKey(sending.Stamp), $"delivered to {sending.To}, and no copy at {realm}: {sending.Stamp}");
            }
        }

        // A notice quotes what it is about, but it is the realm that speaks.
        static bool IsFrom(ExportedMessage message) => Stamp.FindAll(message.Text).Any(stamp => message.Text == stamp.ToString());
    }

    private void JudgeGroup()
    {
        var home = _world.Exports[_world.Home].History(_world.Group!);
        _verdict.InGroup = home.Count;

        // 1. No gap at the home; the same entries everywhere.
        for (var index = 0; index < home.Count; index++)
        {
            if (home[index].Position == index + 1) continue;
            _verdict.Fault($"position {home[index].Position} where {index + 1} is due at {_world.Home}");
            break;
        }

        foreach (var (realm, export) in _world.Exports)
        {
            var groups = export.Groups(_world.Group!);
            _verdict.Require(groups.Count == 1, $"{realm} has {groups.Count} groups {_world.Group}");
            var history = export.History(_world.Group!);
            if (history.Select(entry => entry.Shared).SequenceEqual(home.Select(entry => entry.Shared))) continue;
            var same = home.Zip(history).TakeWhile(pair => pair.First.Shared == pair.Second.Shared).Count();
            _verdict.Fault($"{realm} differs from {_world.Home} after {same} of {home.Count} entries ({history.Count} here): "
                + $"{history.ElementAtOrDefault(same)?.Shared} for {home.ElementAtOrDefault(same)?.Shared}");
        }

        // 2. Every text once, under its speaker's name, in his order.
        var positions = new Dictionary<Stamp, long>();
        var last = new Dictionary<string, Stamp>();
        foreach (var entry in home)
        {
            if (Stamp.FindAll(entry.Text).ToList() is not [var stamp]) continue;
            _verdict.Require(entry.Text == stamp.ToString() && _byStamp.GetValueOrDefault(stamp) is { To: null }, $"nobody said: {entry.Text}");
            _verdict.Require(entry.From == stamp.Address, $"{entry.From} is said to have said {entry.Text}");
            if (!positions.TryAdd(stamp, entry.Position))
            {
                _verdict.Doubled++;
                _verdict.Fault($"doubled: {stamp} in the group at {positions[stamp]} and {entry.Position}");
                continue;
            }

            if (last.TryGetValue(stamp.Address, out var before) && before.Number > stamp.Number)
            {
                _verdict.OutOfOrder++;
                _verdict.Fault($"out of order: {stamp} after {before} in the group");
            }

            last[stamp.Address] = stamp;
        }

        // 3. What was seen is there, what was taken is there or its speaker was told.
        foreach (var sending in _sendings.Where(sending => sending.To is null)) JudgeSaid(sending, positions.ContainsKey(sending.Stamp));

        // 4. Each view is a part of the history, in its order.
        foreach (var view in _ledger.Views) JudgeView(view, positions);
    }

    private void JudgeSaid(Sending sending, bool isThere)
    {
        var isTold = _told.Contains(sending.Stamp);
        var isRefused = sending.Outcome == Outcome.Refused;

        // A home that was put back refuses what comes to it again before its replicas have given the same back to it.
        var isToldTooSoon = _toldOfRecovery.Contains(sending.Stamp) && _world.Restores.Any(restore => restore.Realm == _world.Home);
        _verdict.Require(!isThere || !isTold || isToldTooSoon, $"told of a failure, and yet in the group: {sending.Stamp}");
        _verdict.Require(!isThere || !isRefused, $"refused ({sending.Reply}), and yet in the group: {sending.Stamp}");
        if (isThere || isTold || isRefused) return;

        if (sending.Seen.Count > 0)
        {
            // Seen only where a restore has undone it: nobody else has had it.
            if (sending.Seen.All(seen => _world.Restores.Any(restore => restore.Realm == seen.Key && seen.Value >= restore.From && sending.Begun <= restore.To)))
                _verdict.LostWithRestore.Add($"{sending.Stamp} in the group");
            else _verdict.Fault($"lost: {sending.Stamp} was seen in the group at {string.Join(", ", sending.Seen.Keys)}");
        }
        else if (sending.Outcome == Outcome.PassedOver)
        {
            if (IsWithin(sending, sending.Stamp.Realm) || IsWithin(sending, _world.Home)) _verdict.LostWithRestore.Add($"{sending.Stamp} in the group");
            else _verdict.Fault($"lost: {sending.Stamp} was taken for the group before a later one that was shown, and its speaker was not told");
        }
    }

    private void JudgeView(View view, Dictionary<Stamp, long> positions)
    {
        var shown = new HashSet<Stamp>();
        long last = 0;
        foreach (var stamp in view.Shown)
        {
            if (!shown.Add(stamp))
            {
                _verdict.Doubled++;
                _verdict.Fault($"doubled: {stamp} in one view of {view.User}@{view.Realm}");
            }
            else if (positions.TryGetValue(stamp, out var position) && !IsUndone(stamp, view.Realm))
            {
                if (position < last)
                {
                    _verdict.OutOfOrder++;
                    _verdict.Fault($"out of order: {stamp} (position {position}) after position {last} in a view of {view.User}@{view.Realm}");
                }

                last = position;
            }
        }
    }

    /// <summary>Shown by a realm that was then put back to before it, and by nobody else: what was said may have been given another position since.</summary>
    private bool IsUndone(Stamp stamp, string realm) =>
        _byStamp.TryGetValue(stamp, out var sending)
        && _world.Restores.Any(restore =>
            restore.Realm == realm
            && sending.Seen[realm] >= restore.From && sending.Seen[realm] <= restore.To
            && !sending.Seen.Any(seen => seen.Key != realm && seen.Value <= restore.To));

    private bool IsWithin(Sending sending, string realm) =>
        _world.Restores.Any(restore => restore.Realm == realm && sending.Answered >= restore.From && sending.Begun <= restore.To);

    private static string RealmOf(string address) => address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];

    private static bool IsNotice(InboxEntry entry) => entry.Sender.StartsWith('@');
}
