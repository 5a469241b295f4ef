using System.Net.Sockets;
using System.Text;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Server.Federation;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

/// <summary>A realm that says on its link what a test wants, in order or out of it, and reads what comes back when the test asks.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LinkedRealm _realm;
    private readonly List<LinkStream> _streams = [];
    private long _sequence;
    private DateTimeOffset Now => _realm.Clock.GetUtcNow();

    public ScriptedPeer(LinkedRealm realm, string name)
    {
        _realm = realm;
        Name = SampleFrames.Realm(name);
        Identity = LinkIdentity.Open(_folder.Path, Name, TimeProvider.System);
    }

    public RealmName Name { get; }

    public LinkIdentity Identity { get; }

    /// <summary>The epoch of what it sends.</summary>
    public Guid Epoch { get; set; } = Guid.NewGuid();

    /// <summary>What the realm said when the link came to stand.</summary>
    public WelcomeFrame Welcome { get; private set; } = null!; // there is one once it has dialed

    /// <summary>Everything that was read and was not what a test waited for, oldest first.</summary>
    public List<LinkFrame> PassedOver { get; } = [];

    private LinkStream Stream => _streams[^1];

    /// <summary>The version of the protocol that it says it speaks.</summary>
    public int Speaks { get; set; } = LinkFrame.Version;

    /// <summary>Makes a link, which stands afterwards.</summary>
    public async Task DialAsync(StreamMark? received = null)
    {
        (await TryDialAsync(Name.Value, received: received)).ShouldBe(null);
        await PassAsync();
    }

    /// <summary>Dials, under any name. The reason of the bye, or null when the link stands.</summary>
    public async Task<ByeReason?> TryDialAsync(string name, SessionToken? secret = null, StreamMark? received = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_realm.EndPoint).BeforeDeadline();
        var limits = new LinkLimits { Handshake = Deadline.Span };
        var stream = await LinkSecurity.ConnectAsync(new NetworkStream(socket, ownsSocket: true), Identity.Current, limits, TimeProvider.System, CancellationToken.None).BeforeDeadline();
        _streams.Add(stream.ShouldNotBeNull());
        (await ReadAsync()).ShouldBeOfType<HelloFrame>();
        await SendAsync(new HelloFrame
        {
            Speaks = Speaks,
            Realm = SampleFrames.Realm(name),
            Sends = new StreamMark(Epoch, _sequence),
            Received = received,
            Vouches = Identity.Current.Vouches,
            Secret = secret,
        });
        switch (await ReadAsync())
        {
            case WelcomeFrame welcome:
                Welcome = welcome;
                return null;
            case ByeFrame bye:
                return bye.Reason;
            case var other:
                throw new InvalidOperationException($"Neither welcome nor bye: {other}");
        }
    }

    public async Task SendAsync(params LinkFrame[] frames)
    {
        foreach (var frame in frames) LinkFrameWriter.Write(frame, Stream.Output);
        await Stream.Output.FlushAsync().BeforeDeadline();
    }

    /// <summary>Sends lines that need not be frames.</summary>
    public async Task SendAsync(string lines) => await Stream.Output.WriteAsync(Encoding.UTF8.GetBytes(lines)).BeforeDeadline();

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await Stream.Output.WriteAsync(bytes).BeforeDeadline();

    /// <summary>Sends under the next numbers, and waits for the acknowledgement.</summary>
    public async Task SayAsync(params Dispatch[] dispatches)
    {
        await SendAsync([.. dispatches.Select(dispatch => new NumberedFrame(++_sequence, dispatch))]);
        await HearAsync<AckFrame>(ack => ack.Mark == new StreamMark(Epoch, _sequence));
    }

    /// <summary>Sends under the next number what cannot be done, and waits for the answer to it.</summary>
    public async Task<FailureDispatch> TryAsync(Dispatch dispatch)
    {
        await SendAsync(new NumberedFrame(++_sequence, dispatch));
        return (await HearAsync<NumberedFrame>(frame => frame.Dispatch is FailureDispatch failure && failure.Failed == dispatch.Id)).Dispatch.ShouldBeOfType<FailureDispatch>();
    }

    /// <summary>Reads up to the first frame of a kind.</summary>
    public async Task<T> HearAsync<T>(Func<T, bool>? which = null)
        where T : LinkFrame
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame is T heard && which?.Invoke(heard) != false) return heard;
            PassedOver.Add(frame);
        }

        throw new EndOfStreamException($"The link has ended before a {typeof(T).Name}: {string.Join(", ", PassedOver)}");
    }

    /// <summary>Waits until everything that was sent has been carried out.</summary>
    public async Task PassAsync()
    {
        // What comes in one piece with the first ping may be carried out behind it; the second comes in another.
        for (var i = 0; i < 2; i++)
        {
            await SendAsync(new PingFrame());
            await HearAsync<PongFrame>();
        }
    }

    /// <summary>Reads to the end of the link.</summary>
    /// <returns>The reason of the bye; null when there was none.</returns>
    public async Task<ByeReason?> EndAsync()
    {
        ByeReason? reason = null;
        try
        {
            while (await ReadAsync() is { } frame)
                if (frame is ByeFrame bye) reason = bye.Reason;
        }
        catch (IOException)
        {
            // It was cut, not closed.
        }

        return reason;
    }

    /// <summary>Goes away without a word.</summary>
    public ValueTask CutAsync() => Stream.DisposeAsync();

    /// <summary>Somebody of this realm writes to somebody of the other.</summary>
    public DirectDispatch Message(string from, string to, string text, Guid? id = null, Guid? answers = null) =>
        new(id ?? Guid.CreateVersion7(), Username.Parse(from), $"Display {from}", Username.Parse(to), MessageText.From(text), Now, answers);

    /// <summary>Somebody of this realm edits, deletes or reacts to a message of his conversation with somebody of the other.</summary>
    public RevisionDispatch Revision(EntryKind kind, string from, string to, Guid target, string text = "", Guid? id = null) =>
        new(id ?? Guid.CreateVersion7(), kind, Username.Parse(from), $"Display {from}", Username.Parse(to), target, MessageText.From(text), Now);

    /// <summary>Somebody of this realm has been given, or has read, messages of somebody of the other.</summary>
    public static ReceiptDispatch Receipt(string from, string to, Guid? delivered = null, Guid? read = null) =>
        new(Guid.CreateVersion7(), Username.Parse(from), Username.Parse(to), delivered, read);

    /// <summary>Somebody of this realm does something in a group there.</summary>
    public GroupDispatch Act(GroupVerb verb, string from, GroupId group, string? subject = null, string text = "", Guid? id = null, long? target = null) =>
        new(id ?? Guid.CreateVersion7(), group, verb, Username.Parse(from), $"Display {from}", subject is null ? null : SampleFrames.Address(subject), MessageText.From(text), Now, target);

    public EntryFrame Entry(GroupId group, long position, string from, EntryKind kind = EntryKind.Said, string? subject = null, string text = "palsu", Guid? id = null, long? target = null) =>
        new(group, position, id ?? Guid.CreateVersion7(), kind, SampleFrames.Address(from), from, subject is null ? null : SampleFrames.Address(subject), MessageText.From(text), Now, target);

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams) await stream.DisposeAsync();
        _folder.Dispose();
    }

    private Task<LinkFrame?> ReadAsync() => Stream.ReadAsync(LinkFrame.MostBytes, CancellationToken.None).BeforeDeadline();
}
