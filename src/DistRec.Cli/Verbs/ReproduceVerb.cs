using DistRec.Cli.Protocols;
using DistRec.Cli.Queries;
using DistRec.Cli.Reproduction;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec reproduce</c>: do the figures of source papers come out?</summary>
internal sealed class ReproduceVerb : Verb
{
    private const string DefaultFolder = "reproduction";

    public override string Name => "reproduce";

    public override string Summary => "Repeats tables of source papers: figures beside theirs, in Markdown, with pictures";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec reproduce", "all studies whose data was downloaded; stopped, the same command goes on"),
        ("distrec reproduce koren fm --data-root ~/data --out runs/papers", "two of them, with the data in ~/data/ml-1m"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("studies", "STUDY", $"Which: {string.Join("; ", StudyList.All.Select(study => $"{study.Name}: {study.Title}"))} [all]")
        {
            IsPositional = true, IsList = true,
        },
        new(
            "data-root", "DIR",
            $"Folder of the data sets {string.Join(", ", StudyList.All.Select(study => study.Data).Distinct())}, each in one of its name "
                + $"[that of {DataCache.Variable}, or distrec/data in the user's cache]"),
        new("out", "DIR", $"Folder of tables, pictures and finished trainings, which the same command does not repeat [{DefaultFolder}]"),
        new("seed", "N", $"Keys every random draw, of users, splits and models [{ModelSettingsReader.DefaultSeed}]"),
        ModelFolderOptions.Threads with { Help = "Threads for arithmetic [as many as cores]" },
        new("quiet", null, "No progress"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        ReproductionPlan plan = new(
            ReadStudies(given),
            given.ExistingPath("data-root", "a folder of data sets", "check the path") ?? DataCache.PathOf(host),
            given.Text("out") ?? DefaultFolder,
            given.Seed("seed", ModelSettingsReader.DefaultSeed),
            ModelFolderOptions.ReadThreads(given, host));
        if (File.Exists(plan.Folder) || ModelFolder.IsModel(plan.Folder))
        {
            given.Mistakes.Add(
                given.PlaceOf("out"), "a folder of a reproduction, or a path where nothing is",
                $"a {(File.Exists(plan.Folder) ? "file" : "model")} at {GivenOptions.Quote(plan.Folder)}", "give another folder");
        }

        if (given.Mistakes.Lines.Count == 0 && plan.Studies.All(study => plan.AdviceFor(study) is not null))
        {
            foreach (Study study in plan.Studies)
            {
                given.Mistakes.Add($"{study.Name}: {plan.AdviceFor(study)}");
            }
        }

        bool isJson = given.Flag("json"), isQuiet = given.Flag("quiet");
        given.Mistakes.ThrowIfAny();
        ReproductionResult result = await ProgressScope.RunAsync(host, isQuiet, new ReproductionRun(plan, host).RunAsync);
        if (isJson)
        {
            JsonOutput.Write(host.Output, result);
        }
        else
        {
            Write(Screen.ForResults(host), result);
        }

        return await EndAsync(result, host);
    }

    private static List<Study> ReadStudies(GivenOptions given)
    {
        if (given.Text("studies") is not { } text)
        {
            return [.. StudyList.All];
        }

        string[] known = [.. StudyList.All.Select(study => study.Name)];
        List<Study> studies = [];
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct())
        {
            if (StudyList.All.FirstOrDefault(study => study.Name == name) is { } study)
            {
                studies.Add(study);
            }
            else
            {
                given.Mistakes.Add(
                    "distrec reproduce", $"studies, {string.Join(", ", known)}", GivenOptions.Quote(name),
                    Spelling.Advise(name, known) ?? "leave it out for all of them");
            }
        }

        return studies;
    }

    private static async Task<int> EndAsync(ReproductionResult result, CliHost host)
    {
        foreach (ReproducedStudy study in result.Studies)
        {
            foreach (ReproducedRow failed in study.Rows.Where(row => row.Failure is not null))
            {
                await host.Error.WriteLineAsync($"error: {study.Name}: {failed.Name} failed: {failed.Failure}");
            }
        }

        switch (result.State)
        {
            case "stopped":
                await host.Error.WriteLineAsync("stopped; the same command goes on");
                return ExitCode.Interrupted;
            case "failed":
                return ExitCode.Failure;
            default:
                return ExitCode.Success;
        }
    }

    private static void Write(IAnsiConsole console, ReproductionResult result)
    {
        foreach (ReproducedStudy study in result.Studies.Where(study => study.Rows.Count > 0))
        {
            string[] figures = [.. study.Rows[0].Figures.Keys];
            console.WriteLine($"{study.Name}: {study.Title}");
            IEnumerable<string> columns = [.. figures.Select(Figure.NameOf), .. study.SourceColumns, "fit"];
            Table table = Screen.TableOf(["model", .. columns.Select(column => $"{column}>")]);
            foreach (ReproducedRow row in study.Rows)
            {
                IEnumerable<string> ours = figures.Select(figure => Quantity.Error(row.Figures[figure]));
                table.AddTexts([row.Name, .. ours, .. row.Source, Quantity.Duration(row.FitSeconds)]);
            }

            console.Write(table);
        }

        console.Write(Screen.Pairs(
        [
            .. result.Studies.SelectMany(study =>
                study.Orders.Select(order => (study.Name, $"{order.Worse} worse than {order.Better}: {order.Verdict}"))),
            .. result.Studies.Where(study => study.Advice is not null).Select(study => (study.Name, $"skipped: {study.Advice}")),
            ("tables", result.Report),
            ("log", result.Log),
        ]));
    }
}
