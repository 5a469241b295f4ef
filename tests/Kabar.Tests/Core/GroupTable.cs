using Kabar.Core;

namespace Kabar.Tests.Core;

/// <summary>
/// Who may do what in a group, to be read by people. A column is what the one who acts is to the group, whether he is of this realm or of
/// a peer's; a row what he asks for, and where it matters what the one whom it concerns is; of what was said, who has said it. Written down by hand: nothing of it is
/// computed by what it is held against.
/// </summary>
internal static class GroupTable
{
    private const string Table = """
        | asked for                | stranger   | invited    | banned     | member         | muted          | moderator      | owner          | operator       |
        | say                      | NotAMember | NotAMember | NotAMember | yes            | Muted          | yes            | yes            | NotAMember     |
        | say to member            | NotAMember | NotAMember | NotAMember | yes            | Muted          | yes            | yes            | NotAMember     |
        | say to deleted           | NotAMember | NotAMember | NotAMember | UnknownMessage | Muted          | UnknownMessage | UnknownMessage | NotAMember     |
        | say to joining           | NotAMember | NotAMember | NotAMember | UnknownMessage | Muted          | UnknownMessage | UnknownMessage | NotAMember     |
        | say to nothing           | NotAMember | NotAMember | NotAMember | UnknownMessage | Muted          | UnknownMessage | UnknownMessage | NotAMember     |
        | read                     | NotAMember | NotAMember | NotAMember | yes            | yes            | yes            | yes            | NotAMember     |
        | join while it is open    | yes        | yes        | Banned     | AlreadyMember  | AlreadyMember  | AlreadyMember  | AlreadyMember  | yes            |
        | join while it is closed  | InviteOnly | yes        | Banned     | AlreadyMember  | AlreadyMember  | AlreadyMember  | AlreadyMember  | InviteOnly     |
        | leave                    | NotAMember | NotAMember | NotAMember | yes            | yes            | yes            | yes            | NotAMember     |
        | topic                    | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | open                     | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | close                    | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | move, asked for here     | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | move, asked for elsewhere | NotAllowed | NotAllowed | NotAllowed | NotAllowed     | NotAllowed     | NotAllowed     | NotAllowed     | NotAllowed     |
        | invite stranger          | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | invite invited           | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | invite banned            | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | Banned         | Banned         | Banned         |
        | invite member            | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | AlreadyMember  | AlreadyMember  | AlreadyMember  |
        | invite nobody            | MissingParameter everywhere                                                                                               |
        | kick stranger            | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAMember     | NotAMember     | NotAMember     |
        | kick invited             | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAMember     | NotAMember     | NotAMember     |
        | kick banned              | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAMember     | NotAMember     | NotAMember     |
        | kick member              | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | kick muted               | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | kick moderator           | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | kick owner               | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | NotAllowed     | yes            |
        | kick himself             | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | NotAllowed     | NotAMember     |
        | kick nobody              | MissingParameter everywhere                                                                                               |
        | ban stranger             | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | ban invited              | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | ban banned               | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | ban member               | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | ban muted                | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | ban moderator            | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | ban owner                | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | NotAllowed     | yes            |
        | ban nobody               | MissingParameter everywhere                                                                                               |
        | unban stranger           | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAMember     | NotAMember     | NotAMember     |
        | unban banned             | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | unban himself            | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAMember     | NotAMember     | NotAMember     |
        | unban nobody             | MissingParameter everywhere                                                                                               |
        | mute stranger            | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAMember     | NotAMember     | NotAMember     |
        | mute member              | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | mute moderator           | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | mute owner               | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | NotAllowed     | yes            |
        | mute nobody              | MissingParameter everywhere                                                                                               |
        | unmute stranger          | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAMember     | NotAMember     | NotAMember     |
        | unmute muted             | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | unmute moderator         | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | unmute himself           | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | NotAllowed     | NotAMember     |
        | unmute nobody            | MissingParameter everywhere                                                                                               |
        | role stranger moderator  | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | NotAMember     | NotAMember     |
        | role member moderator    | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | role member owner        | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | role moderator member    | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | role owner member        | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | role himself owner       | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | NotAMember     |
        | role himself member      | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | NotAMember     |
        | role member king         | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | InvalidName    | InvalidName    |
        | role nobody moderator    | MissingParameter everywhere                                                                                               |
        | edit himself             | NotAMember | NotAMember | NotAMember | yes            | Muted          | yes            | yes            | NotAMember     |
        | edit stranger            | NotAMember | NotAMember | NotAMember | NotAllowed     | Muted          | NotAllowed     | NotAllowed     | NotAMember     |
        | edit member              | NotAMember | NotAMember | NotAMember | NotAllowed     | Muted          | NotAllowed     | NotAllowed     | NotAMember     |
        | edit owner               | NotAMember | NotAMember | NotAMember | NotAllowed     | Muted          | NotAllowed     | NotAllowed     | NotAMember     |
        | edit deleted             | NotAMember | NotAMember | NotAMember | UnknownMessage | Muted          | UnknownMessage | UnknownMessage | NotAMember     |
        | edit joining             | NotAMember | NotAMember | NotAMember | UnknownMessage | Muted          | UnknownMessage | UnknownMessage | NotAMember     |
        | edit nothing             | NotAMember | NotAMember | NotAMember | UnknownMessage | Muted          | UnknownMessage | UnknownMessage | NotAMember     |
        | delete himself           | NotAMember | NotAMember | NotAMember | yes            | yes            | yes            | yes            | yes            |
        | delete stranger          | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | delete member            | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | yes            | yes            | yes            |
        | delete moderator         | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | yes            | yes            |
        | delete owner             | NotAMember | NotAMember | NotAMember | NotAllowed     | NotAllowed     | NotAllowed     | NotAllowed     | yes            |
        | delete deleted           | NotAMember | NotAMember | NotAMember | UnknownMessage | UnknownMessage | UnknownMessage | UnknownMessage | UnknownMessage |
        | delete joining           | NotAMember | NotAMember | NotAMember | UnknownMessage | UnknownMessage | UnknownMessage | UnknownMessage | UnknownMessage |
        | delete nothing           | NotAMember | NotAMember | NotAMember | UnknownMessage | UnknownMessage | UnknownMessage | UnknownMessage | UnknownMessage |
        | react himself            | NotAMember | NotAMember | NotAMember | yes            | Muted          | yes            | yes            | NotAMember     |
        | react stranger           | NotAMember | NotAMember | NotAMember | yes            | Muted          | yes            | yes            | NotAMember     |
        | react owner              | NotAMember | NotAMember | NotAMember | yes            | Muted          | yes            | yes            | NotAMember     |
        | react deleted            | NotAMember | NotAMember | NotAMember | UnknownMessage | Muted          | UnknownMessage | UnknownMessage | NotAMember     |
        | react joining            | NotAMember | NotAMember | NotAMember | UnknownMessage | Muted          | UnknownMessage | UnknownMessage | NotAMember     |
        | react nothing            | NotAMember | NotAMember | NotAMember | UnknownMessage | Muted          | UnknownMessage | UnknownMessage | NotAMember     |
        """;

    private static readonly Standing?[] Columns = [Standing.Stranger, Standing.Invited, Standing.Banned, Standing.Member, Standing.Muted, Standing.Moderator, Standing.Owner, null];

    /// <summary>What the rows ask for.</summary>
    public static IReadOnlyList<string> Rows { get; } = [.. Cells().Select(row => row[0])];

    /// <summary>Everything that one row says, of actors here and elsewhere.</summary>
    public static IEnumerable<GroupCase> Read(string asked)
    {
        var row = Cells().Single(row => row[0] == asked);
        foreach (var isRemote in new[] { false, true })
        {
            if (asked.StartsWith("move", StringComparison.Ordinal) && isRemote != asked.EndsWith("elsewhere", StringComparison.Ordinal)) continue;
            for (var column = 0; column < Columns.Length; column++)
            {
                // The operator of another realm is nobody here.
                if (isRemote && Columns[column] is null) continue;
                yield return Case(asked, Columns[column], isRemote, row.Length == 2 ? row[1].Split(' ')[0] : row[column + 1]);
            }
        }
    }

    private static IEnumerable<string[]> Cells() => Table.Split('\n').Skip(1).Select(line => line.Trim('|', ' ', '\r').Split('|', StringSplitOptions.TrimEntries));

    private static GroupCase Case(string asked, Standing? actor, bool isRemote, string outcome)
    {
        var words = asked.Split(' ', ',');
        var verb = Enum.Parse<GroupVerb>(words[0], ignoreCase: true);
        var who = $"pelaku{(isRemote ? "@dua" : "")}";
        var hasSubject = Enum.TryParse<Standing>(words.ElementAtOrDefault(1), ignoreCase: true, out var subject);
        var concerned = words.ElementAtOrDefault(1) == "himself" ? who : hasSubject ? "sasaran" : null;

        var fold = new GroupFold().Join("pendiri", "tetangga@dua");
        if (actor is { } standing) fold.Stand(who, standing);
        if (concerned == "sasaran") fold.Stand(concerned, subject);
        var target = verb is GroupVerb.Edit or GroupVerb.Delete or GroupVerb.React || words.Contains("to") ? Say(fold, words[^1], concerned ?? (words.Contains("to") ? "pendiri" : who)) : null as long?;
        if (asked.EndsWith("closed", StringComparison.Ordinal)) fold.Add(EntryKind.Closed, "pendiri");

        return new GroupCase(
            $"{asked}: {actor?.ToString() ?? "operator"}{(isRemote ? " elsewhere" : "")}",
            fold,
            GroupFold.Actor(who, isOperator: actor is null),
            verb,
            concerned is null || target is not null ? null : GroupFold.Who(concerned),
            verb switch { GroupVerb.Say => "halo", GroupVerb.Topic => "bola", GroupVerb.Move => "dua", GroupVerb.Role => words[2], GroupVerb.Edit => "halo lagi", GroupVerb.React => "👍", _ => "" },
            target,
            outcome == "yes" ? null : Enum.Parse<Refusal>(outcome));
    }

    // The position of what is answered or changed: something that somebody said, if it is not something else.
    private static long Say(GroupFold fold, string what, string author)
    {
        if (what == "joining") return 1;
        if (what == "nothing") return 1000;
        fold.Add(EntryKind.Said, author, text: "halo semua");
        var said = fold.Group.StatePosition;
        if (what == "deleted") fold.Add(EntryKind.Deleted, author, target: said);
        return said;
    }
}

/// <summary>One cell of the table.</summary>
/// <param name="Name">Which.</param>
/// <param name="Before">How the group came to be what it is.</param>
/// <param name="Actor">Who acts.</param>
/// <param name="Verb">What he asks for.</param>
/// <param name="Subject">Whom it concerns.</param>
/// <param name="Text">What comes with it.</param>
/// <param name="Target">The position of what is answered or changed; null for nothing.</param>
/// <param name="Refusal">Why not; null when he may.</param>
internal sealed record GroupCase(string Name, GroupFold Before, Actor Actor, GroupVerb Verb, Address? Subject, string Text, long? Target, Refusal? Refusal);
