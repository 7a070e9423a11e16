namespace DistRec.Cli.Reproduction;

/// <summary>A table of a source: what it trained on what, and the figures it reports.</summary>
internal sealed record Study
{
    /// <summary>Its name as typed.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Folder of the data, named as published.</summary>
    public required string Data { get; init; }

    /// <summary>How to come by data that nobody can download by name; empty for other data.</summary>
    public string HowToGet { get; init; } = "";

    /// <summary>How many users are drawn of the data; null for all.</summary>
    public int? Users { get; init; }

    /// <summary>Options of <c>train</c> that all rows have, as typed: the protocol.</summary>
    public required string Options { get; init; }

    /// <summary>Random folds, whose mean is reported; 0 for one split by <see cref="Options"/>.</summary>
    public int Folds { get; init; }

    /// <summary>Keys of the figures that are reported.</summary>
    public required IReadOnlyList<string> Figures { get; init; }

    /// <summary>What the source's figures are, one a column.</summary>
    public required IReadOnlyList<string> SourceColumns { get; init; }

    /// <summary>What else is not as in the source, a sentence each.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    /// <summary>Whether models are told by how many numbers they learn.</summary>
    public bool CountsParameters { get; init; }

    /// <summary>The rows, of names that differ.</summary>
    public required IReadOnlyList<StudyRow> Rows { get; init; }

    /// <summary>What <see cref="Orders"/> say, in a sentence; empty without any.</summary>
    public string Claim { get; init; } = "";

    /// <summary>Names of rows in the order that is expected, the worst one first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Orders { get; init; } = [];

    /// <summary>The options of a row's training.</summary>
    /// <param name="row">The row.</param>
    /// <param name="seed">Keys split and model.</param>
    public string OptionsOf(StudyRow row, ulong seed) =>
        string.Join(' ', new[] { Options, row.Options, $"--seed {seed}" }.Where(text => text.Length > 0));

    /// <summary>Name of the folder that trainings read.</summary>
    public string DataName => Users is { } users ? $"{Data}-{users}-users" : Data;
}

/// <summary>A model of a study.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Options">Options of <c>train</c> that are its own, as typed: what the source fixes, and nothing else.</param>
/// <param name="Source">The source's figures, a column each; a dash where it has none.</param>
internal sealed record StudyRow(string Name, string Options, params IReadOnlyList<string> Source)
{
    /// <summary>The line that it is a point of in pictures over factors and parameters; null for none.</summary>
    public string? Line { get; init; }

    /// <summary>k.</summary>
    public int Rank { get; init; }

    /// <summary>Whether its epochs are a line in the picture of learning curves.</summary>
    public bool HasCurve { get; init; }

    /// <summary>Whether its items are drawn as a map.</summary>
    public bool HasMap { get; init; }

    /// <summary>A model with k factors, a point of a line.</summary>
    public static StudyRow OfRank(string line, string options, int rank, params IReadOnlyList<string> source) =>
        new($"{line}, k = {rank}", $"{options} --rank {rank}".TrimStart(), source) { Line = line, Rank = rank };
}
