namespace Kabar.Protocol.Links;

/// <summary>Every key of every frame, and of codes.</summary>
internal enum FrameKey
{
    None,
    Seq, Do, Kabar, Realm, Epoch, Last, Received, Through, Listens, Users, Vouches, Secret, Old, New, Signature, Reason, Id, From, Name, To, Text, Sent,
    Group, Verb, Subject, Failed, Addressee, What, User, Entry, Since, After, Ok, Copies, More, Open, All, Add, Remove, Hash, Topic, Position, Members,
    Banned, Invited, Who, Role, Muted, Joined, Kind, Head, Address, Fingerprint, Expires, Check,
    Count,
}

internal static class FrameKeys
{
    public static FrameKey Find(ReadOnlySpan<char> name) => name switch
    {
        "seq" => FrameKey.Seq,
        "do" => FrameKey.Do,
        "kabar" => FrameKey.Kabar,
        "realm" => FrameKey.Realm,
        "epoch" => FrameKey.Epoch,
        "last" => FrameKey.Last,
        "received" => FrameKey.Received,
        "through" => FrameKey.Through,
        "listens" => FrameKey.Listens,
        "users" => FrameKey.Users,
        "vouches" => FrameKey.Vouches,
        "secret" => FrameKey.Secret,
        "old" => FrameKey.Old,
        "new" => FrameKey.New,
        "signature" => FrameKey.Signature,
        "reason" => FrameKey.Reason,
        "id" => FrameKey.Id,
        "from" => FrameKey.From,
        "name" => FrameKey.Name,
        "to" => FrameKey.To,
        "text" => FrameKey.Text,
        "sent" => FrameKey.Sent,
        "group" => FrameKey.Group,
        "verb" => FrameKey.Verb,
        "subject" => FrameKey.Subject,
        "failed" => FrameKey.Failed,
        "addressee" => FrameKey.Addressee,
        "what" => FrameKey.What,
        "user" => FrameKey.User,
        "entry" => FrameKey.Entry,
        "since" => FrameKey.Since,
        "after" => FrameKey.After,
        "ok" => FrameKey.Ok,
        "copies" => FrameKey.Copies,
        "more" => FrameKey.More,
        "open" => FrameKey.Open,
        "all" => FrameKey.All,
        "add" => FrameKey.Add,
        "remove" => FrameKey.Remove,
        "hash" => FrameKey.Hash,
        "topic" => FrameKey.Topic,
        "position" => FrameKey.Position,
        "members" => FrameKey.Members,
        "banned" => FrameKey.Banned,
        "invited" => FrameKey.Invited,
        "who" => FrameKey.Who,
        "role" => FrameKey.Role,
        "muted" => FrameKey.Muted,
        "joined" => FrameKey.Joined,
        "kind" => FrameKey.Kind,
        "head" => FrameKey.Head,
        "address" => FrameKey.Address,
        "fingerprint" => FrameKey.Fingerprint,
        "expires" => FrameKey.Expires,
        "check" => FrameKey.Check,
        _ => FrameKey.None,
    };

    public static string Word(FrameKey key) => key.ToString().ToLowerInvariant();
}
