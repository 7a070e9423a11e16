using DistRec.Cli.Queries;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec data encode</c>: ratings as the features that <c>fm</c> learns from, in the text of libFM and libSVM.</summary>
internal sealed class DataEncodeVerb : Verb
{
    private const int FirstNumber = 1;

    private static readonly string[] Shared =
    [
        "data", "train", "test", "ratings", "users", "items", "features", "user-features", "item-features", "hash-bits", "positive-from", "test-ratio",
        "split", "fold", .. DataChoiceReader.ReaderOptions, "seed",
    ];

    public override string Name => "encode";

    public override string Summary => "Writes ratings as rows of features, parted as train does, in the text of libFM and libSVM";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec data encode --data ml-100k --features user,item,genre --out ml",
            "ml.train, ml.test, and ml.groups and ml.features, which say what the features are"),
        ("distrec train --train ml.train --test ml.test --model fm", "learn from them"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        .. TrainOptions.All.Where(option => Shared.Contains(option.Name)).Select(option => option with { Models = [] }),
        new("validation-ratio", "X", "Share of the other ratings that go to a validation file [0]"),
        new("out", "PREFIX", "Beginning of the names of the files: PREFIX.train, PREFIX.validation, PREFIX.test, PREFIX.groups, PREFIX.features"),
        new("threads", "N", "Threads for reading [as many as cores]"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        TrainJob job = ReadJob(given, host);
        if (FeatureFiles.Of(job) is { } files)
        {
            throw InputException.At(files.Train, "ratings to make features of", "rows of features", "train on them as they are");
        }

        JobData data = await DataSource.LoadAsync(job, host, new SilentView());
        FeatureData features = data.Features!;
        List<(string Part, string Path, int Rows)> written = [];
        Write("train", features.Train);
        Write("validation", features.Validation);
        Write("test", features.Test);
        string groups = $"{job.Out}.groups";
        AtomicFile.Write(groups, stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
            foreach ((string name, long first, long last) in Ranges(features.Space))
            {
                writer.WriteLine($"{name}\t{first}\t{last}");
            }
        });
        string? map = WriteMap(features, $"{job.Out}.features");
        Print(given, host, features.Space, written, groups, map);
        return ExitCode.Success;

        void Write(string part, FeatureRows? rows)
        {
            if (rows is { Count: > 0 })
            {
                string path = $"{job.Out}.{part}";
                FeatureWriter.Write(rows, path, FirstNumber, host.Stop);
                written.Add((part, path, rows.Count));
            }
        }
    }

    // Number, group and name of each feature; of hashed features nobody knows.
    private static string? WriteMap(FeatureData features, string path)
    {
        if (features.Labels.Count == 0)
        {
            return null;
        }

        AtomicFile.Write(path, stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
            foreach ((FeatureGroup group, Func<int, string> labels) in features.Space.Groups.Zip(features.Labels))
            {
                for (int feature = 0; feature < group.Count; feature++)
                {
                    string label = labels(feature).ReplaceLineEndings(" ").Replace('\t', ' ');
                    writer.WriteLine($"{(long)group.First + feature + FirstNumber}\t{group.Name}\t{label}");
                }
            }
        });
        return path;
    }

    private static TrainJob ReadJob(GivenOptions given, CliHost host)
    {
        int threads = ModelFolderOptions.ReadThreads(given, host);
        ulong seed = given.Seed("seed", ModelSettingsReader.DefaultSeed);
        FmTask task = given.Has("positive-from") ? FmTask.Classification : FmTask.Regression;
        var job = new TrainJob
        {
            Data = DataChoiceReader.Read(given),
            Read = DataChoiceReader.ReadHow(given, threads),
            Split = SplitReader.Read(given, seed, threads, validationRatio: 0),
            Training = new TrainingSettings { Model = new FmOptions { Task = task } },
            Features = FeatureChoice.Read(given, task == FmTask.Classification),
            AllPairsAreFeedback = false,
            Seed = seed,
            Out = given.Required("out", "the beginning of the names of the files", "write --out PREFIX"),
            HasPartitions = false,
            Resume = false,
            Json = given.Flag("json"),
            Quiet = true,
        };
        given.Mistakes.ThrowIfAny();
        return job;
    }

    // Numbers as the files have them; those of a group without features end before they begin.
    private static IEnumerable<(string Name, long First, long Last)> Ranges(FeatureSpace space) =>
        space.Groups.Select(group => (group.Name, (long)group.First + FirstNumber, (long)group.First + group.Count - 1 + FirstNumber));

    private static void Print(
        GivenOptions given, CliHost host, FeatureSpace space, List<(string Part, string Path, int Rows)> written, string groups, string? map)
    {
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                features = space.Count,
                groups = Ranges(space).Select(range => new { name = range.Name, first = range.First, last = range.Last }),
                groupsPath = Path.GetFullPath(groups),
                featuresPath = map is null ? null : Path.GetFullPath(map),
                files = written.Select(file => new { part = file.Part, path = Path.GetFullPath(file.Path), rows = file.Rows }),
            });
            return;
        }

        IAnsiConsole console = Screen.ForResults(host);
        Table table = Screen.TableOf("feature group", "first>", "last>");
        foreach ((string name, long first, long last) in Ranges(space))
        {
            table.AddTexts(name, $"{first}", $"{last}");
        }

        console.Write(table);
        foreach ((string _, string path, int rows) in written)
        {
            host.Output.WriteLine($"{path}: {Quantity.Of(rows, "row")}");
        }

        host.Output.WriteLine($"{groups}: the groups above");
        if (map is not null)
        {
            host.Output.WriteLine($"{map}: the number, group and name of each feature");
        }

        host.Output.WriteLine("Next:");
        host.Output.WriteLine(written.Find(file => file.Part == "test").Path is { } test
            ? $"  distrec train --train {ShellText.Quote(written[0].Path)} --test {ShellText.Quote(test)} --model fm"
            : $"  distrec train --data {ShellText.Quote(written[0].Path)} --model fm");
    }
}
