using System.Globalization;
using DistRec.Evaluation.Search;

namespace DistRec.Cli.Protocols;

/// <summary>Settings that a search tries.</summary>
/// <param name="Settings">By name, as typed.</param>
/// <param name="Jobs">The job of each round; that of the last one is what <c>train</c> would run.</param>
internal sealed record SearchTrial(IReadOnlyDictionary<string, string> Settings, IReadOnlyList<TrainJob> Jobs)
{
    /// <summary>The job that <c>train</c> would run.</summary>
    public TrainJob Job => Jobs[^1];
}

/// <summary>A search as typed, checked and complete.</summary>
/// <param name="Axes">Names of the settings that are tried.</param>
/// <param name="Trials">The trials in their order, at least one.</param>
/// <param name="Rounds">How many of them go on, and how far: a single round with all of them, unless they are halved.</param>
/// <param name="ValidationRatio">Share of the training ratings that they are judged by.</param>
/// <param name="Folder">Where finished trials are kept.</param>
/// <param name="Parallel">Trials side by side; null where nobody says.</param>
internal sealed record SearchPlan(
    IReadOnlyList<string> Axes,
    IReadOnlyList<SearchTrial> Trials,
    IReadOnlyList<HalvingRound> Rounds,
    double ValidationRatio,
    string Folder,
    int? Parallel);

/// <summary>Reads which settings are tried.</summary>
internal static class SearchReader
{
    /// <summary>What the value of a setting is called that is left as suits the data.</summary>
    public const string Default = "default";

    private const int UsualTrials = 20;
    private const int MostTrials = 10_000;
    private const int MostParallel = 1000;
    private const double UsualRatio = 0.1;
    private const string Epochs = "epochs";
    private const string Ratio = "validation-ratio";

    // They decide what the rows are that a model learns from, and by which figure it is judged.
    private static readonly string[] OfTheRows = ["task", "degree"];

    private static readonly string[] OfTheSearch = ["tune", "trials", "halving", "parallel", "out", Ratio];

    /// <summary>Options of <c>train</c> that are others here.</summary>
    public static IReadOnlyList<string> Replaced { get; } = [Ratio];

    /// <summary>Options of the search.</summary>
    public static IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new(
            "tune",
            "NAME=VALUES",
            "A setting of the model, or epochs, and what to try: rank=16,32,64 or a range such as regularization=0.01..1; once for each setting")
        {
            IsList = true,
        },
        new("trials", "N", $"Try the defaults and N - 1 combinations at random, of a range each order of magnitude alike [all of lists, {UsualTrials} with a range]"),
        new("halving", null, "Begin all with a ninth of the epochs, go on with the best third for a third of them, and with the best third of these for all"),
        new(
            "parallel",
            "N",
            "Trials side by side; in this process they share its threads and its memory [1; with --cluster as many as its workers have threads]"),
        new(Ratio, "X", $"Share of the training ratings that trials are judged by [{UsualRatio.ToString(CultureInfo.InvariantCulture)}]"),
        new("out", "DIR", "Folder of the finished trials, which the same command does not repeat [runs/MODEL-DATA.tune]"),
    ];

    /// <summary>The plan.</summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public static SearchPlan Read(GivenOptions given, CliHost host)
    {
        ModelDefinition model = (given.Text("model") is { } typed ? ModelCatalogue.FindTyped(typed) : null) ?? ModelCatalogue.All[0];
        double ratio = given.Share(Ratio, UsualRatio);
        if (ratio == 0)
        {
            given.Mistakes.Add(given.PlaceOf(Ratio), "a share above 0 to judge trials by", GivenOptions.Quote("0"), "leave it out");
        }

        GivenOptions job = ProtocolOptions.With(given, OfTheSearch.Select(name => (name, (GivenValue?)null)));
        List<SearchAxis> axes = ReadAxes(given, model);
        bool isHalved = given.Flag("halving");
        if (isHalved && axes.Any(axis => axis.Name == Epochs))
        {
            given.Mistakes.Add(
                "--halving", "settings other than epochs to try", "--tune epochs", "leave one of them out: it is epochs that halving saves");
        }

        int? parallel = given.Has("parallel") ? given.Integer("parallel", 1, 1, "leave it out", MostParallel) : null;
        int trials = given.Integer("trials", UsualTrials, 1, "20 is a start", MostTrials);
        if (axes.Count == 0 || given.Mistakes.Lines.Count > 0)
        {
            // What else is wrong is told together with it.
            TrainJobReader.ReadMerged(job, host, isKept: false);
            given.Mistakes.ThrowIfAny();
        }

        SearchSpace space = new(axes);
        bool isRandom = given.Has("trials") || space.Count is null;
        if (!isRandom && space.Count > MostTrials)
        {
            given.Mistakes.Add("--tune", $"at most {MostTrials} combinations", $"{space.Count}", "try some of them: --trials 50");
            given.Mistakes.ThrowIfAny();
        }

        ulong seed = given.Seed("seed", ModelSettingsReader.DefaultSeed);

        // What nobody chose is what suits the data, and no worse a guess than a draw.
        string[]?[] all = isRandom ? [.. trials > 1 ? new string[]?[] { null } : [], .. space.Draw(Math.Max(1, trials - 1), seed)] : [.. space.Grid()];
        IReadOnlyList<HalvingRound> rounds = isHalved ? SuccessiveHalving.Rounds(all.Length) : [new HalvingRound(all.Length, 1)];
        List<SearchTrial> read = [.. all.Select(values => ReadTrial(job, host, axes, values, rounds)).OfType<SearchTrial>()];
        string folder = given.Text("out") ?? (read.Count == 0 ? "" : $"{read[0].Job.Out}.tune");
        if (ModelFolder.IsModel(folder))
        {
            given.Mistakes.Add(
                given.PlaceOf("out"), "a folder of trials, or a path where nothing is", $"a model at {GivenOptions.Quote(folder)}",
                "give another path");
        }

        given.Mistakes.ThrowIfAny();
        return new SearchPlan([.. axes.Select(axis => axis.Name)], read, rounds, ratio, folder, parallel);
    }

    private static SearchTrial? ReadTrial(
        GivenOptions given, CliHost host, List<SearchAxis> axes, string[]? values, IReadOnlyList<HalvingRound> rounds)
    {
        GivenOptions own = values is null ? given : ProtocolOptions.With(
            given, axes.Select((axis, index) => (axis.Name, (GivenValue?)new GivenValue(values[index], $"--tune {axis.Name}"))));
        Dictionary<string, string> settings = axes.Zip(values ?? [.. axes.Select(_ => Default)]).ToDictionary(entry => entry.First.Name, entry => entry.Second);
        if (ProtocolOptions.TryRead(own, host, given.Mistakes) is not { } whole)
        {
            return null;
        }

        // What follows from the number of epochs, such as a burn-in that nobody gave, follows from that of the round.
        TrainJob?[] jobs =
        [
            .. rounds.SkipLast(1).Select(round => new GivenValue($"{round.EpochsOf(whole.Training.Epochs)}", "--halving"))
                .Select(epochs => ProtocolOptions.TryRead(ProtocolOptions.With(own, (Epochs, epochs)), host, given.Mistakes)), whole,
        ];
        return jobs.Contains(null) ? null : new SearchTrial(settings, jobs!);
    }

    // rank=16,32 and then regularization=0.1..1 is one text: what has no = of its own belongs to the name before.
    private static List<SearchAxis> ReadAxes(GivenOptions given, ModelDefinition model)
    {
        List<(string Name, List<string> Values)> named = [];
        string text = given.Required("tune", "settings to try", "write --tune rank=16,32,64");
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int sign = item.IndexOf('=', StringComparison.Ordinal);
            if (sign >= 0)
            {
                named.Add((item[..sign].Trim(), []));
            }

            if (named.Count == 0 || item[(sign + 1)..].Trim().Length == 0)
            {
                if (text.Length > 0)
                {
                    given.Mistakes.Add(
                        given.PlaceOf("tune"), "NAME=VALUES", GivenOptions.Quote(item), "write --tune rank=16,32,64 --tune regularization=0.01..1");
                }

                return [];
            }

            named[^1].Values.Add(item[(sign + 1)..].Trim());
        }

        string[] known =
        [
            .. model.Settings.Select(setting => setting.Name).Where(name => model.Has(name) && !OfTheRows.Contains(name)), Epochs,
        ];
        List<SearchAxis> axes = [];
        foreach ((string name, List<string> values) in named)
        {
            string place = $"--tune {name}";
            if (!known.Contains(name))
            {
                given.Mistakes.Add(
                    place,
                    $"a setting of {model.Name} that can be tried",
                    "another one",
                    Spelling.Advise(name, known) ?? $"they are {string.Join(", ", known)}");
            }
            else if (axes.Any(axis => axis.Name == name))
            {
                given.Mistakes.Add(place, "each setting once", "it twice", "write all of its values after one name");
            }
            else if (given.Has(name))
            {
                given.Refuse([name], "nothing, since --tune tries values of it", "leave it out");
            }
            else if (ReadAxis(given, model, name, values) is { } axis)
            {
                axes.Add(axis);
            }
        }

        return axes;
    }

    private static SearchAxis? ReadAxis(GivenOptions given, ModelDefinition model, string name, List<string> values)
    {
        if (!values.Any(value => value.Contains("..", StringComparison.Ordinal)))
        {
            return SearchAxis.List(name, [.. values.Distinct()]);
        }

        Type type = model.Settings.FirstOrDefault(setting => setting.Name == name)?.Type ?? typeof(int);
        string[] ends = values[0].Split("..");
        bool isWhole = type == typeof(int);
        if (values.Count == 1 && ends.Length == 2 && (isWhole || type == typeof(float))
            && TryRead(ends[0], isWhole, out double low) && TryRead(ends[1], isWhole, out double high) && low > 0 && low < high)
        {
            return SearchAxis.Range(name, low, high, isWhole);
        }

        given.Mistakes.Add(
            $"--tune {name}",
            isWhole ? "LOW..HIGH, whole numbers above 0, alone or a list" : "LOW..HIGH above 0, alone, or a list",
            GivenOptions.Quote(string.Join(',', values)),
            $"write {name}={(isWhole ? "8..64" : "0.01..1")}, or list values where 0 is one");
        return null;
    }

    private static bool TryRead(string text, bool isWhole, out double value) =>
        double.TryParse(text, isWhole ? NumberStyles.None : NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
