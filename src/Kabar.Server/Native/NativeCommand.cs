using System.Collections.Frozen;
using Kabar.Protocol.Native;

namespace Kabar.Server.Native;

/// <summary>
/// What is done with each kind of request: the table. Whether a login is needed is asked once, by the connection, before anything of it is run; what is
/// run stands in the file of its subject.
/// </summary>
internal sealed class NativeCommand
{
    private static readonly FrozenDictionary<Type, NativeCommand> Table = new[]
    {
        Anybody<AuthRequest>(SessionCommands.LogInAsync),
        Anybody<ResumeRequest>(SessionCommands.ResumeAsync),
        Anybody<RegisterRequest>(SessionCommands.RegisterAsync),
        Member<PasswdRequest>(SessionCommands.ChangePasswordAsync),
        Member<LogoutRequest>(SessionCommands.LogOutAsync),
        Member<SessionsRequest>(SessionCommands.SessionsAsync),

        // Sends are begun by the connection, many at a time.
        Member<SendRequest>(static (_, _) => throw new System.Diagnostics.UnreachableException("A send is begun and not run.")),
        Member<EditRequest>(ConversationCommands.EditAsync),
        Member<DeleteRequest>(ConversationCommands.DeleteAsync),
        Member<ReactRequest>(ConversationCommands.ReactAsync),
        Member<TypingRequest>(ConversationCommands.TypeAsync),
        Member<ReadRequest>(ConversationCommands.ReadAsync),
        Member<InboxRequest>(ConversationCommands.ReadInboxAsync),
        Member<HistoryRequest>(ConversationCommands.ReadHistoryAsync),
        Member<SearchRequest>(ConversationCommands.SearchAsync),
        Member<ConversationsRequest>(ConversationCommands.ListAsync),

        Member<CreateGroupRequest>(GroupCommands.CreateAsync),
        Member<JoinGroupRequest>(GroupCommands.JoinAsync),
        Member<ActInGroupRequest>(GroupCommands.ActAsync),
        Member<ListGroupsRequest>(GroupCommands.ListAsync),
        Member<MembersRequest>(GroupCommands.ListMembersAsync),

        Member<WhoRequest>(ConnectionCommands.Who),
        Member<StatusRequest>(ConnectionCommands.StatusAsync),
        Member<SetStatusRequest>(ConnectionCommands.SetStatus),
        Member<PeersRequest>(ConnectionCommands.Peers),
        Member<ListenRequest>(ConnectionCommands.ListenAsync),
        Member<UnlistenRequest>(ConnectionCommands.UnlistenAsync),
        Anybody<SwitchRequest>(ConnectionCommands.Switch),
        Anybody<LanguageRequest>(ConnectionCommands.SetLanguage),
        Anybody<HelpRequest>(ConnectionCommands.Help),
        Anybody<PingRequest>(ConnectionCommands.Ping),
        Anybody<QuitRequest>(ConnectionCommands.Quit),
        Anybody<RefusedRequest>(ConnectionCommands.Refuse),
    }.ToFrozenDictionary(command => command._request);

    private readonly Type _request;
    private readonly Func<NativeConnection, NativeCaller, NativeRequest, ValueTask<NativeReply?>> _run;

    private NativeCommand(Type request, bool needsLogin, Func<NativeConnection, NativeCaller, NativeRequest, ValueTask<NativeReply?>> run) =>
        (_request, NeedsLogin, _run) = (request, needsLogin, run);

    /// <summary>Whether a live session is needed.</summary>
    public bool NeedsLogin { get; }

    /// <summary>What is done with a request.</summary>
    public static NativeCommand Of(NativeRequest request) => Table[request.GetType()];

    /// <summary>Does it.</summary>
    /// <returns>The reply; null when the command has written it itself.</returns>
    public ValueTask<NativeReply?> RunAsync(NativeConnection connection, NativeCaller caller, NativeRequest request) => _run(connection, caller, request);

    private static NativeCommand Anybody<T>(Func<NativeCaller, T, ValueTask<NativeReply>> run)
        where T : NativeRequest => new(typeof(T), needsLogin: false, (_, caller, request) => run(caller, (T)request)!);

    private static NativeCommand Anybody<T>(Func<NativeConnection, NativeCaller, T, NativeReply> run)
        where T : NativeRequest => new(typeof(T), needsLogin: false, (connection, caller, request) => new(run(connection, caller, (T)request)));

    private static NativeCommand Member<T>(Func<NativeCaller, T, ValueTask<NativeReply>> run)
        where T : NativeRequest => new(typeof(T), needsLogin: true, (_, caller, request) => run(caller, (T)request)!);

    private static NativeCommand Member<T>(Func<NativeConnection, NativeCaller, T, ValueTask<NativeReply?>> run)
        where T : NativeRequest => new(typeof(T), needsLogin: true, (connection, caller, request) => run(connection, caller, (T)request));
}
