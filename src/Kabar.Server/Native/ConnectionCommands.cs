using Kabar.Core;
using Kabar.Protocol.Native;
using Kabar.Server.Connections;

namespace Kabar.Server.Native;

/// <summary>Who is there, being told what happens, and what concerns the connection itself.</summary>
internal static class ConnectionCommands
{
    public static ValueTask<NativeReply> Who(NativeCaller caller, WhoRequest request) => new(new WhoReply(caller.Realm.Presences.List()));

    public static async ValueTask<NativeReply> StatusAsync(NativeCaller caller, StatusRequest request) =>
        (await caller.Realm.Presences.FindAsync(request.User ?? new Address(caller.Account.Username), CancellationToken.None)).TryGet(out var presence, out var refusal)
            ? new StatusReply(presence)
            : new RefusalReply(refusal);

    public static ValueTask<NativeReply> SetStatus(NativeCaller caller, SetStatusRequest request)
    {
        caller.SetAway(request.IsAway);
        return new(DoneReply.Instance);
    }

    public static ValueTask<NativeReply> Peers(NativeCaller caller, PeersRequest request) => new(new PeersReply(caller.Host.Peers.List()));

    public static async ValueTask<NativeReply?> ListenAsync(NativeConnection connection, NativeCaller caller, ListenRequest request)
    {
        var stream = await caller.ListenAsync();
        try
        {
            // The reply first: it says behind which place the events are.
            connection.Reply(new ListeningReply(await stream.JoinAsync(CancellationToken.None)));
        }
        catch (StoreException)
        {
            await caller.UnlistenAsync();
            throw;
        }

        await connection.HandOverAsync();
        stream.Begin(request.From);
        return null;
    }

    public static async ValueTask<NativeReply> UnlistenAsync(NativeCaller caller, UnlistenRequest request)
    {
        await caller.UnlistenAsync();
        return DoneReply.Instance;
    }

    public static NativeReply Switch(NativeConnection connection, NativeCaller caller, SwitchRequest request)
    {
        if (Speech.Find(request.Name) is not { } speech || (speech.Dialect is not null && !connection.IsStream)) return new RefusalReply(Refusal.InvalidParameter, "dialect");
        if (speech.Dialect is not null) connection.End(speech);
        return new DialectReply(speech.Name);
    }

    public static NativeReply SetLanguage(NativeConnection connection, NativeCaller caller, LanguageRequest request)
    {
        caller.Language = request.Language;
        return DoneReply.Instance;
    }

    public static NativeReply Help(NativeConnection connection, NativeCaller caller, HelpRequest request) => NativeVerbs.Help(request.Verb, caller.Language);

    public static NativeReply Ping(NativeConnection connection, NativeCaller caller, PingRequest request) => DoneReply.Instance;

    public static NativeReply Quit(NativeConnection connection, NativeCaller caller, QuitRequest request)
    {
        connection.End(next: null);
        return DoneReply.Instance;
    }

    public static NativeReply Refuse(NativeConnection connection, NativeCaller caller, RefusedRequest request) => new RefusalReply(request.Refusal, request.Parameter);
}
