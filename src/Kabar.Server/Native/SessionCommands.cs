using Kabar.Core;
using Kabar.Protocol.Native;

namespace Kabar.Server.Native;

/// <summary>Logging in and out, and what one does with one's own account.</summary>
internal static class SessionCommands
{
    public static async ValueTask<NativeReply> LogInAsync(NativeCaller caller, AuthRequest request) =>
        await EnterAsync(caller, await caller.Realm.AuthenticateAsync(request.Username, request.Password, caller.Origin, CancellationToken.None), showsToken: true);

    public static async ValueTask<NativeReply> ResumeAsync(NativeCaller caller, ResumeRequest request) => (request.Token ?? caller.Brought) is { } token
        ? await EnterAsync(caller, await caller.Realm.ResumeAsync(token, CancellationToken.None), showsToken: false)
        : new RefusalReply(Refusal.MissingParameter, "token");

    public static async ValueTask<NativeReply> RegisterAsync(NativeCaller caller, RegisterRequest request)
    {
        var registered = await caller.Realm.Registrations.RegisterAsync(request.Username, request.Name, request.Password, request.Code, caller.Origin, CancellationToken.None);
        return registered.TryGet(out var account, out var refusal)
            ? await EnterAsync(caller, await caller.Realm.BeginSessionAsync(account, CancellationToken.None), showsToken: true)
            : new RefusalReply(refusal);
    }

    public static async ValueTask<NativeReply> ChangePasswordAsync(NativeCaller caller, PasswdRequest request) =>
        Done(await caller.Realm.ChangePasswordAsync(caller.Session, request.Old, request.Next, caller.Origin, CancellationToken.None));

    public static async ValueTask<NativeReply> LogOutAsync(NativeCaller caller, LogoutRequest request)
    {
        // He knows it: only his other connections are told.
        await caller.UnlistenAsync();
        var ended = await caller.Realm.LogOutAsync(caller.Session.Token, CancellationToken.None);
        await caller.LeaveAsync();
        return ended.TryGet(out _, out var refusal) ? DoneReply.Instance : new RefusalReply(refusal);
    }

    public static async ValueTask<NativeReply> SessionsAsync(NativeCaller caller, SessionsRequest request) => request.End is { } session
        ? Done(await caller.Realm.EndSessionAsync(caller.Account, session, CancellationToken.None))
        : new SessionsReply(await caller.Realm.ListOwnSessionsAsync(caller.Account, CancellationToken.None), caller.Session.Session.Id);

    private static NativeReply Done(Refusal? refusal) => refusal is { } reason ? new RefusalReply(reason) : DoneReply.Instance;

    private static async ValueTask<NativeReply> EnterAsync(NativeCaller caller, Result<LoggedIn> login, bool showsToken)
    {
        if (!login.TryGet(out var session, out var refusal)) return new RefusalReply(refusal);
        await caller.EnterAsync(session);
        return new AuthReply(session, caller.Realm.Name, showsToken);
    }
}
