namespace Kabar.Core;

/// <summary>Somebody who wants the entries of a group as they come: a connection in it, the link to a realm that has members in it.</summary>
public interface IEntryListener
{
    /// <summary>
    /// The next entry: positions come in order, without gaps and once. Called by one thread at a time, after the commit; must not block and not throw.
    /// </summary>
    void Hear(Message entry);
}
