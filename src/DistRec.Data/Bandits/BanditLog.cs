namespace DistRec.Data;

/// <summary>What a policy chose, how probable the choice was, and what came of it: what other policies are judged by.</summary>
public sealed record BanditLog
{
    /// <summary>What it is called: its file or folder.</summary>
    public required string Name { get; init; }

    /// <summary>Ids of all arms that could have been chosen, [arms].</summary>
    public required IReadOnlyList<string> Arms { get; init; }

    /// <summary>Values of what was known before the choice, [contexts]; one without a name where nothing is looked at.</summary>
    public required IReadOnlyList<string> Contexts { get; init; }

    /// <summary>The arm that was chosen, [rows].</summary>
    public required int[] Chosen { get; init; }

    /// <summary>The context in which it was, [rows].</summary>
    public required int[] ContextOf { get; init; }

    /// <summary>What came of it, finite, [rows].</summary>
    public required double[] Rewards { get; init; }

    /// <summary>The arm's probability when it was chosen, above 0 and at most 1, [rows].</summary>
    public required double[] Propensities { get; init; }

    /// <summary>What was left out, for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Rows.</summary>
    public int Count => Chosen.Length;
}

/// <summary>How a log is read.</summary>
public sealed record BanditReadOptions
{
    /// <summary>Columns that make up the context; null for <c>position</c> where there is one. Not of events.</summary>
    public IReadOnlyList<string>? Context { get; init; }

    /// <summary>Of events: the experiment that is looked at; null where the file has one alone.</summary>
    public string? Experiment { get; init; }

    /// <summary>Of events: the kind that makes an answer's reward 1.</summary>
    public string Goal { get; init; } = "click";
}
