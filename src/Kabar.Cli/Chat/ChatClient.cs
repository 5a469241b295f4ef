using System.Text.Json;
using Kabar.Client;

namespace Kabar.Cli.Chat;

/// <summary>
/// A person, a realm, and what goes between them.
/// <code>
///   lines, keys ──► ChatVerbs ──► KabarClient ──events, answers──► ChatState ──► ChatScreen
/// </code>
/// Lines, keys, events and answers come on threads of their own. Each changes the state under the gate and shows what came of it before the next; nothing is awaited there.
/// </summary>
internal sealed partial class ChatClient : IAsyncDisposable
{
    public const int Page = 20;
    private const int LongestPage = 100;
    private const int MessageBytes = 60_000; // as JSON; a request may have 64 KiB
    private static readonly TimeSpan TypingPace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly KabarClient _client;
    private readonly ChatState _state;
    private readonly ChatScreen _screen;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _started = [];
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly ITimer _notesChange;
    private Task _sending = Task.CompletedTask; // the messages, one after another
    private Dialogue? _question; // of the lines' thread
    private volatile ChatNames _names = ChatNames.None;
    private TaskCompletionSource? _allPlaced;
    private DateTimeOffset _typingTold;
    private bool _isReading;
    private bool _mayDrop;
    private CommandFault? _fault;

    public ChatClient(KabarClient client, ChatState state, ChatScreen screen, ChatWords words, TimeProvider clock)
    {
        (_client, _state, _screen, Words, _clock) = (client, state, screen, words, clock);
        _notesChange = clock.CreateTimer(_ => Change(_ => { }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        client.ConnectionChanged += OnConnectionChanged;
    }

    public KabarClient Client => _client;

    public ChatWords Words { get; }

    public bool IsTerminal => _screen.IsTerminal;

    /// <summary>Serves until the person leaves, or there are no more lines.</summary>
    /// <param name="user">Who is logged in.</param>
    /// <param name="linesAsync">What he types; asked for again when he stays after all.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task RunAsync(KabarUser user, Func<CancellationToken, IAsyncEnumerable<string>> linesAsync, CancellationToken stopping)
    {
        using var stop = stopping.Register(_leaving.Cancel);
        Start(ListenAsync()); // first, so that nothing can come between the list and it
        try
        {
            await BeginAsync(user);
            do
            {
                await foreach (var line in linesAsync(_leaving.Token)) await TakeLineAsync(line);
            }
            while (!await MayLeaveAsync());
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // He has left, or the session has ended.
        }
        catch (KabarException refused)
        {
            _fault ??= new CommandFault(refused.Message);
        }

        if (_fault is not null) throw _fault;
    }

    /// <summary>Changes the state, and shows what came of it.</summary>
    public void Change(Action<ChatState> change)
    {
        (string Conversation, long Position)? read = null;
        lock (_gate)
        {
            change(_state);
            _names = _state.Names;
            _screen.Show(_state.TakeLines(), _state.TakeTicks(), _question?.Prompt ?? _state.Prompt, _state.Notes(), _question is not null);
            if (_state.NotesChange is { } next) _notesChange.Change(next - _clock.GetUtcNow() + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            if (_state.Waiting.Count == 0) _allPlaced?.TrySetResult();
            if (!_isReading) read = _state.TakeRead();
            _isReading |= read is not null;
        }

        if (read is { } shown) Start(ReadAsync(shown.Conversation, shown.Position));
    }

    /// <summary>Something of the state.</summary>
    public T Look<T>(Func<ChatState, T> look)
    {
        lock (_gate) return look(_state);
    }

    public void Say(string text, Tone tone = Tone.Dim) => Change(state => state.Say(text, tone));

    /// <summary>Opens a conversation and shows its end.</summary>
    public async Task OpenAsync(string name, CancellationToken cancellationToken)
    {
        ChatConversation? conversation = null;
        var isShown = false;
        Change(state =>
        {
            conversation = state.Open(name);
            isShown = !state.IsConnected && conversation.Entries.Count > 0;
            if (isShown) state.Show(conversation, null);
        });
        if (conversation is null || isShown) return;
        try
        {
            var history = await _client.HistoryAsync(name, limit: Math.Min(LongestPage, Math.Max(Page, conversation.Unread + 3)), cancellationToken: cancellationToken);
            var presence = conversation.IsGroup || conversation.IsRemote ? null : await StatusAsync(name, cancellationToken);
            Change(state =>
            {
                if (presence is not null) conversation.Presence = presence;
                state.Show(conversation, history);
            });
            // Another realm may take its time; what was said does not wait for that.
            if (conversation.IsRemote && await StatusAsync(name, cancellationToken) is { } later) Change(state => state.Apply(later));
        }
        catch (KabarException refused)
        {
            Change(state =>
            {
                state.Abandon(conversation);
                state.Say(refused.Message, Tone.Alarm);
            });
        }
    }

    /// <summary>Says something. It is sent once, in its turn, also when the connection is lost meanwhile.</summary>
    public void Send(string to, string text, long? replyTo = null)
    {
        var said = text.TrimEnd('\n', ' ');
        if (said.Length == 0) return;
        if (JsonEncodedText.Encode(said).EncodedUtf8Bytes.Length > MessageBytes)
        {
            Say(Words.TooLong, Tone.Alarm);
            Prefill(text);
            return;
        }

        ChatMessage? message = null;
        Change(state => message = state.Write(to, said));
        _typingTold = default; // the next thing that is typed is another one
        if (message is not null) Start(_sending = SendAfterAsync(_sending, message, replyTo));
    }

    /// <summary>Puts a text into the line being edited.</summary>
    public void Prefill(string text, bool onlyIfEmpty = false) => _screen.Prefill(text, onlyIfEmpty);

    /// <summary>
    /// Asks for secrets, one after another, in the place of the line; null when the person does not want to, or says nothing. From the first question to the last answer every line is an answer.
    /// </summary>
    public async Task<IReadOnlyList<string>?> AskAsync(params IReadOnlyList<string> questions)
    {
        var dialogue = new Dialogue(questions);
        Change(_ => _question = dialogue);
        return await dialogue.Heard.Task.WaitAsync(_over.Token);
    }

    /// <summary>Leaves, unless something has not been sent; asked again, all the same.</summary>
    public void Leave()
    {
        if (CanLeave()) _leaving.Cancel();
    }

    /// <summary>The line reads otherwise: the others are told that somebody types.</summary>
    public void Edited(string line)
    {
        if (line.Length == 0 || line.StartsWith('/') || _question is not null || !_client.IsConnected) return;
        var now = _clock.GetUtcNow();
        if (now - _typingTold < TypingPace || Look(state => state.Current?.Name) is not { } to) return;
        _typingTold = now;
        Start(QuietlyAsync(_client.TypingAsync(to, _over.Token)));
    }

    /// <summary>What Tab offers. Takes no lock: the line's owner asks while it holds its own, for which <see cref="Change"/> waits.</summary>
    public IReadOnlyList<string> Complete(string line) => ChatVerbs.Complete(line, _names);

    public async ValueTask DisposeAsync()
    {
        _client.ConnectionChanged -= OnConnectionChanged;
        await _over.CancelAsync();
        Task[] started;
        lock (_started) started = [.. _started];
        await Task.WhenAll(started).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _notesChange.DisposeAsync();
        _over.Dispose();
        _leaving.Dispose();
    }

    private async Task BeginAsync(KabarUser user)
    {
        var listed = await _client.ConversationsAsync(limit: LongestPage, cancellationToken: _leaving.Token);
        var groups = await _client.Groups.ListAsync(cancellationToken: _leaving.Token);
        Change(state => state.Begin(user, listed.Conversations, groups));
        if (IsTerminal && listed.Conversations.Count > 0) await OpenAsync(listed.Conversations[0].Name, _leaving.Token);
    }

    private async Task TakeLineAsync(string line)
    {
        if (_question is not null)
        {
            Answer(line);
            return;
        }

        var isSaid = !line.StartsWith('/') || line.StartsWith("//", StringComparison.Ordinal);
        if (string.IsNullOrWhiteSpace(line)) return;
        if (!isSaid)
        {
            // At a terminal the next line must not wait for the answer to this one: the realm may be away.
            if (IsTerminal) Begin(stopped => DoAsync(line, stopped));
            else await GuardedAsync(stopped => DoAsync(line, stopped));
            return;
        }

        if (Look(state => state.Current?.Name) is { } to)
        {
            Send(to, line.StartsWith('/') ? line[1..] : line);
            return;
        }

        Say(Words.NoConversation, Tone.Alarm);
        Prefill(line);
    }

    private async Task DoAsync(string line, CancellationToken cancellationToken)
    {
        var end = line.IndexOfAny([' ', '\n']);
        var name = end < 0 ? line[1..] : line[1..end];
        if (int.TryParse(name, out var number))
        {
            OpenNumber(number);
            return;
        }

        if (ChatVerbs.Find(name) is not { } verb)
        {
            Prefill(line); // it may have been meant to be said
            throw new CommandFault(Words.NoCommand(name));
        }

        var request = new ChatRequest(verb, end < 0 ? "" : line[(end + 1)..]);
        if (request.Words.Count < verb.Least) throw new CommandFault(Words.Usage(verb.Form));
        await verb.Do(this, request, cancellationToken);
    }

    private async Task SendAfterAsync(Task before, ChatMessage message, long? replyTo)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            var posted = await _client.SendAsync(message.To, message.Text, replyTo, cancellationToken: _over.Token);
            Change(state => state.Posted(message, posted));
        }
        catch (Exception refused) when (refused is KabarException or IOException or InvalidOperationException)
        {
            Change(state => state.Refused(message, refused.Message));
            Prefill(message.Text, onlyIfEmpty: true); // it may be shortened, or said elsewhere
        }
        catch (OperationCanceledException)
        {
            // He has left without it.
        }
    }

    private async Task ListenAsync()
    {
        try
        {
            await foreach (var happened in _client.ListenAsync(cancellationToken: _over.Token)) Change(state => state.Apply(happened));
        }
        catch (KabarException ended)
        {
            _fault = new CommandFault($"{Words.SessionEnded}: {ended.Message}");
            await _leaving.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private async Task ReadAsync(string conversation, long position)
    {
        await QuietlyAsync(_client.ReadAsync(conversation, position, _over.Token));
        lock (_gate) _isReading = false;
        if (!_over.IsCancellationRequested) Change(_ => { }); // more may have been shown meanwhile
    }

    private async Task<KabarPresence?> StatusAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.StatusAsync(user, cancellationToken);
        }
        catch (KabarException)
        {
            return null; // somebody whose realm does not tell it
        }
    }

    private async Task<bool> MayLeaveAsync()
    {
        if (IsTerminal) return CanLeave();
        await _sending;
        var placed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Change(_ => _allPlaced = placed);
        await placed.Task.WaitAsync(LastWords, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    private bool CanLeave()
    {
        var waiting = Look(state => state.Waiting.Count(message => message.Id is null));
        if (waiting == 0 || _mayDrop) return true;
        _mayDrop = true;
        Say(Words.NotSentYet(waiting), Tone.Alarm);
        return false;
    }

    private void Answer(string? answer)
    {
        if (_question is not { } dialogue) return;
        if (!string.IsNullOrEmpty(answer)) dialogue.Answers.Add(answer);
        var isDone = string.IsNullOrEmpty(answer) || dialogue.Answers.Count == dialogue.Questions.Count;
        Change(_ => _question = isDone ? null : dialogue);
        if (isDone) dialogue.Heard.TrySetResult(string.IsNullOrEmpty(answer) ? null : dialogue.Answers);
    }

    private void OnConnectionChanged(Exception? reason) => Change(state => state.Connected(reason is null));

    private void Begin(Func<CancellationToken, Task> work) => Start(GuardedAsync(work));

    private async Task GuardedAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_over.Token);
        }
        catch (Exception fault) when (fault is KabarException or CommandFault or IOException or InvalidOperationException)
        {
            Say(fault.Message, Tone.Alarm);
        }
        catch (OperationCanceledException)
        {
            // He has left.
        }
    }

    // What is only a courtesy.
    private static async Task QuietlyAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception fault) when (fault is KabarException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // Nobody is told.
        }
    }

    private void Start(Task task)
    {
        lock (_started)
        {
            _started.RemoveWhere(done => done.IsCompleted);
            _started.Add(task);
        }
    }

    /// <summary>Questions, and what was answered so far.</summary>
    private sealed class Dialogue(IReadOnlyList<string> questions)
    {
        public IReadOnlyList<string> Questions => questions;

        public List<string> Answers { get; } = [];

        public string Prompt => questions[Math.Min(Answers.Count, questions.Count - 1)];

        public TaskCompletionSource<IReadOnlyList<string>?> Heard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
