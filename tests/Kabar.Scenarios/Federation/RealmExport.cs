using System.Text.Json.Nodes;

namespace Kabar.Scenarios.Federation;

/// <summary>What <c>kabar export</c> says about conversations and messages. What it does not know it passes over.</summary>
internal sealed record RealmExport(string Realm, IReadOnlyList<ExportedConversation> Conversations, IReadOnlyList<ExportedMessage> Messages)
{
    /// <summary>The messages of direct conversations, in the order of the export.</summary>
    public IEnumerable<ExportedMessage> Direct
    {
        get
        {
            var groups = Conversations.Where(conversation => conversation.IsGroup).Select(conversation => conversation.Id).ToHashSet();
            return Messages.Where(message => !groups.Contains(message.Conversation));
        }
    }

    public static RealmExport Read(string realm, string jsonLines)
    {
        var conversations = new List<ExportedConversation>();
        var messages = new List<ExportedMessage>();
        foreach (var line in jsonLines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var json = JsonNode.Parse(line)?.AsObject() ?? throw new FormatException(line);
            switch (Value(json, "type"))
            {
                case "conversation" or "group":
                    conversations.Add(new ExportedConversation(
                        Required(json, "id"), Value(json, "kind") ?? Value(json, "type") ?? "", Value(json, "name"), [.. Members(json)]));
                    break;
                case "message" or "entry":
                    messages.Add(new ExportedMessage(
                        Required(json, "conversation"),
                        json["position"]?.GetValue<long>() ?? throw new FormatException($"No position: {line}"),
                        Required(json, "id"),
                        AddressOf(Value(json, "from") ?? "", realm),
                        Value(json, "kind") ?? "said",
                        Value(json, "text") ?? ""));
                    break;
                default:
                    break;
            }
        }

        return new RealmExport(realm, conversations, messages);
    }

    public IReadOnlyList<ExportedConversation> Groups(string name) =>
        [.. Conversations.Where(conversation => conversation.IsGroup && string.Equals(conversation.BareName, name, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The entries of the group of this name, by position. That there is one group of the name is for others to judge.</summary>
    public IReadOnlyList<ExportedMessage> History(string group)
    {
        var ids = Groups(group).Select(conversation => conversation.Id).ToHashSet();
        return [.. Messages.Where(message => ids.Contains(message.Conversation)).OrderBy(message => message.Position)];
    }

    private static string AddressOf(string name, string realm) => name.Length == 0 || name.Contains('@', StringComparison.Ordinal) ? name : $"{name}@{realm}";

    private static IEnumerable<string> Members(JsonObject json) => json["members"] is not JsonArray members
        ? []
        : members.Select(member => member is JsonObject named ? Value(named, "address") ?? Value(named, "username") ?? Value(named, "name") ?? "" : member?.ToString() ?? "");

    private static string? Value(JsonObject json, string name) => json[name] is JsonValue value ? value.ToString() : null;

    private static string Required(JsonObject json, string name) => Value(json, name) ?? throw new FormatException($"No \"{name}\": {json.ToJsonString()}");
}

internal sealed record ExportedConversation(string Id, string Kind, string? Name, IReadOnlyList<string> Members)
{
    public bool IsGroup => Kind == "group";

    public string BareName => (Name ?? "").TrimStart('#').Split('@')[0];
}

/// <summary>A line of one. The address in <c>From</c> always names its realm.</summary>
internal sealed record ExportedMessage(string Conversation, long Position, string Id, string From, string Kind, string Text)
{
    /// <summary>What must be the same at every realm; a conversation's own number need not be.</summary>
    public (long Position, string Id, string From, string Kind, string Text) Shared => (Position, Id, From, Kind, Text);
}
