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
        ["DistRec.Training"] = ["DistRec.Models", "DistRec.Data", "DistRec.Numerics"],
        ["DistRec.Library"] = ["DistRec.Training", "DistRec.Evaluation", "DistRec.Models", "DistRec.Data", "DistRec.Numerics"],
        ["DistRec.Cluster"] = ["DistRec.Training", "DistRec.Models", "DistRec.Data", "DistRec.Numerics"],
        ["DistRec.Serving"] = ["DistRec.Cluster", "DistRec.Training", "DistRec.Evaluation", "DistRec.Models", "DistRec.Data", "DistRec.Numerics"],
        ["DistRec.Cli"] = ["DistRec.Serving", "DistRec.Cluster", "DistRec.Training", "DistRec.Evaluation", "DistRec.Models", "DistRec.Data", "DistRec.Numerics"],
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
    public void Models_know_no_actor()
    {
        foreach (string project in new[] { "Numerics", "Data", "Models", "Evaluation" })
        {
            Naming("using Akka", $"src/DistRec.{project}").ShouldBeEmpty();
        }
    }

    [Fact]
    public void Only_actors_and_what_sets_them_up_know_Akka()
    {
        string[] actors = ["src/DistRec.Training/Actors/", "src/DistRec.Cluster/Hosting/", "src/DistRec.Cluster/Api/", "src/DistRec.Serving/Actors/", "src/DistRec.Serving/Hosting/"];
        Naming("using Akka", "src").Where(path => !actors.Any(folder => path.StartsWith(folder, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void What_to_do_next_is_decided_without_actors_clocks_or_files()
    {
        string[] doing = ["using Akka", "TimeProvider", "Stopwatch", "System.IO", "File.", "async "];
        foreach (string word in doing)
        {
            Naming(word, "src/DistRec.Training/Coordination").ShouldBeEmpty(word);
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
    public void What_a_package_of_the_library_refers_to_is_a_package_that_says_what_it_is()
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>> projects = Repository.Projects("src");
        List<string> packages = ["DistRec.Library"];
        for (int next = 0; next < packages.Count; next++)
        {
            XDocument project = XDocument.Load(Path.Combine(Repository.Root, "src", packages[next], $"{packages[next]}.csproj"));
            project.Descendants("IsPackable").Single().Value.ShouldBe("true", packages[next]);
            project.Descendants("Description").Single().Value.Length.ShouldBeGreaterThan(40, packages[next]);
            packages.AddRange(projects[packages[next]].Except(packages));
        }

        packages.Count.ShouldBe(6);
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

    private static IEnumerable<string> Naming(string word, string folder) => Repository.Sources(folder)
        .Where(path => File.ReadAllText(path).Contains(word, StringComparison.Ordinal)).Select(Repository.Short);
}
