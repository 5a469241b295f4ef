using System.Diagnostics.Metrics;
using Kabar.Core;
using Kabar.Server.Connections;

namespace Kabar.Server.Hosting;

/// <summary>
/// What the server counts about itself, under the meter "Kabar". Names and numbers only: never a user, a token or a text. Counting is
/// an increment; whoever watches reads the sums.
/// </summary>
internal sealed class KabarMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Kabar";

    private readonly Meter _meter = new(MeterName);
    private readonly long[] _refusals = new long[Enum.GetValues<Refusal>().Length];
    private long _refusedCommands;
    private long _requests;
    private long _messages;
    private long _deliveries;
    private long _overflows;
    private long _events;
    private long _receipts;

    public KabarMetrics(ConnectionRegistry registry)
    {
        _meter.CreateObservableCounter("kabar_requests_total", () => Requests, description: "Requests: lines read, and what is asked under /api.");
        _meter.CreateObservableCounter("kabar_messages_total", () => Volatile.Read(ref _messages), description: "Messages acknowledged.");
        _meter.CreateObservableCounter("kabar_deliveries_total", () => Volatile.Read(ref _deliveries), description: "Texts sent to members of groups.");
        _meter.CreateObservableCounter("kabar_events_total", () => Volatile.Read(ref _events), description: "Events sent to connections that listen.");
        _meter.CreateObservableCounter("kabar_receipts_total", () => Volatile.Read(ref _receipts), description: "Receipts told, each counted once however many hear it.");
        _meter.CreateObservableCounter("kabar_overflowed_total", () => Volatile.Read(ref _overflows), description: "Connections that did not read what they were sent.");
        _meter.CreateObservableCounter("kabar_refusals_total", Refusals, description: "Requests refused, by reason.");
        _meter.CreateObservableCounter("kabar_connections_refused_total", () => registry.Refused, description: "Connections turned away at accept.");
        _meter.CreateObservableGauge("kabar_connections", () => (long)registry.Count, description: "Open connections.");
    }

    /// <summary>Request lines read, and requests over HTTP under <c>/api</c>.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Requests refused, for whatever reason.</summary>
    public long Refused
    {
        get
        {
            var sum = Volatile.Read(ref _refusedCommands);
            for (var i = 0; i < _refusals.Length; i++) sum += Volatile.Read(ref _refusals[i]);
            return sum;
        }
    }

    public void CountRequest() => Interlocked.Increment(ref _requests);

    public void CountMessage() => Interlocked.Increment(ref _messages);

    public void CountDelivery() => Interlocked.Increment(ref _deliveries);

    public void CountEvents(int count) => Interlocked.Add(ref _events, count);

    public void CountReceipt() => Interlocked.Increment(ref _receipts);

    public void CountOverflow() => Interlocked.Increment(ref _overflows);

    public void CountRefusal(Refusal refusal) => Interlocked.Increment(ref _refusals[(int)refusal]);

    /// <summary>Counts what a command of administration has refused in a sentence of its own.</summary>
    public void CountRefusedCommand() => Interlocked.Increment(ref _refusedCommands);

    /// <summary>Whether an instrument is one of these: another realm in the process has a meter of the same name.</summary>
    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    /// <summary>Adds a figure that somebody else knows.</summary>
    public void AddGauge(string name, string description, Func<long> value) => _meter.CreateObservableGauge(name, value, description: description);

    /// <summary>Adds a figure of several things, each under its own labels.</summary>
    public void AddGauges(string name, string description, Func<IEnumerable<Measurement<long>>> values) => _meter.CreateObservableGauge(name, values, description: description);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Refusals() =>
        Enum.GetValues<Refusal>().Select(refusal => Of(refusal.ToString(), Volatile.Read(ref _refusals[(int)refusal]))).Append(Of("Command", Volatile.Read(ref _refusedCommands)));

    private static Measurement<long> Of(string refusal, long count) => new(count, new KeyValuePair<string, object?>("refusal", refusal));
}
