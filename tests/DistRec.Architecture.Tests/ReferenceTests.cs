using System.Xml.Linq;

namespace DistRec.Architecture.Tests;

public sealed class ReferenceTests
{
    // What each project may refer to; docs/architecture.md draws the same.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["DistRec.Numerics"] = [],
        ["DistRec.Data"] = ["DistRec.Numerics"],
        ["DistRec.Models"] = ["DistRec.Data", "DistRec.Numerics"],
        ["DistRec.Evaluation"] = ["DistRec.Models", "DistRec.Data", "DistRec.Numerics"],
        ["DistRec.Actors"] = [],
        ["DistRec.Actors.Cluster"] = ["DistRec.Actors"],
        ["DistRec.Actors.Akka"] = ["DistRec.Actors", "DistRec.Actors.Cluster"],
        ["DistRec.Training"] = ["DistRec.Models", "DistRec.Actors", "DistRec.Data", "DistRec.Numerics"],
        ["DistRec.Node"] = ["DistRec.Training", "DistRec.Actors.Akka", "DistRec.Actors.Cluster", "DistRec.Models", "DistRec.Actors", "DistRec.Data", "DistRec.Numerics"],
        ["DistRec.Cli"] = ["DistRec.Node", "DistRec.Training", "DistRec.Actors.Cluster", "DistRec.Evaluation", "DistRec.Models", "DistRec.Actors", "DistRec.Data", "DistRec.Numerics"],
    };

    [Fact]
    public void Projects_refer_only_downwards()
    {
        List<string> forbidden = [];
        foreach ((string project, IReadOnlyList<string> references) in Repository.Projects("src"))
        {
            Allowed.ShouldContainKey(project, "a new project needs a place in the architecture");
            forbidden.AddRange(references.Except(Allowed[project]).Select(reference => $"{project} → {reference}"));
        }

        forbidden.ShouldBeEmpty();
    }

    [Fact]
    public void Actors_know_no_model_and_models_no_actor()
    {
        Repository.Sources("src/DistRec.Actors").Where(path => File.ReadAllText(path).Contains("DistRec.Models", StringComparison.Ordinal)).ShouldBeEmpty();
        Repository.Sources("src/DistRec.Models").Where(path => File.ReadAllText(path).Contains("DistRec.Actors", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void What_to_do_next_is_decided_without_actors_clocks_or_files()
    {
        string[] doing = ["using DistRec.Actors", "TimeProvider", "Stopwatch", "System.IO", "File.", "async "];
        foreach (string path in Repository.Sources("src/DistRec.Training/Coordination"))
        {
            string text = File.ReadAllText(path);
            doing.Where(word => text.Contains(word, StringComparison.Ordinal)).ShouldBeEmpty(Repository.Short(path));
        }
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "DistRec.sln"));
        Repository.Projects("src").Keys.Concat(Repository.Projects("tests").Keys)
            .Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_has_tests()
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>> tests = Repository.Projects("tests");
        Repository.Projects("src").Keys.Where(project => !tests.ContainsKey($"{project}.Tests")).ShouldBeEmpty();
    }

    [Fact]
    public void Package_versions_stand_in_one_file_and_are_exact()
    {
        foreach (string path in Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories))
        {
            XDocument.Load(path).Descendants("PackageReference").Where(reference => reference.Attribute("Version") is not null)
                .ShouldBeEmpty(Repository.Short(path));
        }

        XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(version => version.Attribute("Version")!.Value)
            .Where(version => version.AsSpan().IndexOfAny("*[(") >= 0).ShouldBeEmpty();
    }
}
