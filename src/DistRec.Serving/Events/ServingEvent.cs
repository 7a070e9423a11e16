namespace DistRec.Serving.Events;

/// <summary>Something that a user did, or was shown. See <see cref="EventRules"/> for what its fields may be.</summary>
public sealed record ServingEvent
{
    /// <summary>Its number in the log, larger for later ones; 0 before it is stored.</summary>
    public long Sequence { get; init; }

    /// <summary>The client's name for it, so that the same event sent again is stored once; null where the client gave none.</summary>
    public string? EventId { get; init; }

    /// <summary>What happened.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>Who.</summary>
    public required string User { get; init; }

    /// <summary>With what.</summary>
    public required string Item { get; init; }

    /// <summary>The rating, or what a conversion was worth; null where there is none.</summary>
    public double? Value { get; init; }

    /// <summary>The answer that showed the item.</summary>
    public string? Answer { get; init; }

    /// <summary>The experiment in which it was shown.</summary>
    public string? Experiment { get; init; }

    /// <summary>The experiment's arm.</summary>
    public string? Arm { get; init; }

    /// <summary>The probability with which the item, or its arm, was chosen, in (0, 1].</summary>
    public double? Propensity { get; init; }

    /// <summary>Where the item stood in the answer; 1 for the first.</summary>
    public int? Position { get; init; }

    /// <summary>When it happened; whole milliseconds are kept.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>What happened between a user and an item. The names, in lower case, are those of files and of the API.</summary>
public enum EventKind
{
    /// <summary>The item was shown.</summary>
    Impression,

    /// <summary>It was clicked.</summary>
    Click,

    /// <summary>Its page was looked at.</summary>
    View,

    /// <summary>It was bought, finished, or whatever it is shown for.</summary>
    Conversion,

    /// <summary>It was rated.</summary>
    Rating,
}
