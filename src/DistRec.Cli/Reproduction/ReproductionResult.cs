using DistRec.Evaluation.Protocols;

namespace DistRec.Cli.Reproduction;

/// <summary>What is repeated, from what and into which folder.</summary>
/// <param name="Studies">The studies, in the order they run.</param>
/// <param name="DataRoot">Folder of the data sets, each in a folder of its name.</param>
/// <param name="Folder">Where figures, pictures and finished trainings go.</param>
/// <param name="Seed">Keys every draw.</param>
/// <param name="Threads">Threads.</param>
internal sealed record ReproductionPlan(IReadOnlyList<Study> Studies, string DataRoot, string Folder, ulong Seed, int Threads)
{
    /// <summary>Where the data of a study must lie.</summary>
    public string PathOf(Study study) => Path.GetFullPath(Path.Combine(DataRoot, study.Data));

    /// <summary>What to do for a study whose data is missing; null where it is there.</summary>
    public string? AdviceFor(Study study)
    {
        string path = PathOf(study);
        string download = ShellText.Line("distrec", "data", "download", study.Data, "--out", DataRoot);
        return Path.Exists(path) ? null
            : study.HowToGet.Length > 0 ? $"nothing at {path}; {study.HowToGet} there"
            : $"nothing at {path}; get it by {download}, or name the folder it is in by --data-root";
    }
}

/// <summary>A row as it came out. Figures are null where it failed.</summary>
internal sealed record ReproducedRow
{
    public required string Name { get; init; }

    /// <summary>The command that trains this model alone, in the folder of the data sets.</summary>
    public required string Command { get; init; }

    /// <summary>The source's figures, one for each of the study's columns.</summary>
    public required IReadOnlyList<string> Source { get; init; }

    /// <summary>On the test part, by key; means over folds where there are any.</summary>
    public required IReadOnlyDictionary<string, double?> Figures { get; init; }

    /// <summary>The epoch whose tables the model has, and epochs done; of the first fold where there are any, as the curve is.</summary>
    public required int BestEpoch { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Of one training, where there are folds on the average.</summary>
    public required double FitSeconds { get; init; }

    /// <summary>Numbers that the model learned.</summary>
    public long? Parameters { get; init; }

    /// <summary>The validation RMSE of each epoch.</summary>
    public required IReadOnlyList<double?> Curve { get; init; }

    public string? Failure { get; init; }
}

/// <summary>A picture of a study.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Title">What it shows.</param>
internal sealed record ReproducedPicture(string File, string Title);

/// <summary>Whether one row is worse than another one, as the study expects.</summary>
/// <param name="Worse">Name of the row that must be worse.</param>
/// <param name="Better">Name of the other one.</param>
/// <param name="Figure">Key of the figure that they are compared by: <c>mse</c>, or that of rankings.</param>
/// <param name="Difference">By how much the other one is better, with an interval.</param>
internal sealed record ReproducedOrder(string Worse, string Better, string Figure, MeanDifference Difference)
{
    /// <summary>Whether the order is as expected.</summary>
    public bool Holds => Difference.Value > 0;

    /// <summary>holds or does not hold, and whether that is more than chance.</summary>
    public string Verdict => (Holds ? "holds" : "does not hold") + (Difference.IsClear ? "" : ", which may be chance");
}

/// <summary>A study as it came out.</summary>
internal sealed record ReproducedStudy
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>completed, skipped where there is no data, stopped, or failed where a row did.</summary>
    public required string State { get; init; }

    /// <summary>What to do where it was skipped.</summary>
    public string? Advice { get; init; }

    /// <summary>Size of the data; null where it was skipped.</summary>
    public string? Data { get; init; }

    public required IReadOnlyList<string> SourceColumns { get; init; }

    public required IReadOnlyList<string> Differences { get; init; }

    public required IReadOnlyList<ReproducedRow> Rows { get; init; }

    public required IReadOnlyList<ReproducedOrder> Orders { get; init; }

    public required IReadOnlyList<ReproducedPicture> Pictures { get; init; }
}

/// <summary>What <c>reproduce --json</c> prints and <c>figures.json</c> holds.</summary>
internal sealed record ReproductionResult
{
    /// <summary>completed, stopped, or failed where a row did.</summary>
    public required string State { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Trainings that were in the folder already.</summary>
    public required int DoneBefore { get; init; }

    public required IReadOnlyList<ReproducedStudy> Studies { get; init; }

    /// <summary>The tables, as Markdown.</summary>
    public required string Report { get; init; }

    /// <summary>The file of finished trainings.</summary>
    public required string Log { get; init; }

    public required string Version { get; init; }
}
