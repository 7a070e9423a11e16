namespace DistRec.Serving.Events;

/// <summary>Kinds of events by the names that files, the API and the database have for them.</summary>
public static class EventKinds
{
    private static readonly string[] Names = [.. Enum.GetNames<EventKind>().Select(name => name.ToLowerInvariant())];

    /// <summary>All names, for messages.</summary>
    public static string All { get; } = string.Join(", ", Names);

    /// <summary>The name of a kind.</summary>
    public static string NameOf(EventKind kind) => Names[(int)kind];

    /// <summary>The kind of a name.</summary>
    public static bool TryParse(string? name, out EventKind kind)
    {
        kind = (EventKind)Array.IndexOf(Names, name);
        return kind >= 0;
    }
}
