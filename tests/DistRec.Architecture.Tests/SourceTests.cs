using System.Text.RegularExpressions;

namespace DistRec.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int LongestFile = 400;

    [Fact]
    public void A_file_holds_one_idea()
    {
        Repository.Sources("src").Concat(Repository.Sources("tests"))
            .Where(path => File.ReadLines(path).Count() > LongestFile)
            .Select(Repository.Short).ShouldBeEmpty($"files over {LongestFile} lines");
    }

    [Fact]
    public void Nothing_unfinished_is_left()
    {
        Regex unfinished = Unfinished();
        Repository.Sources("src").Where(path => unfinished.IsMatch(File.ReadAllText(path))).Select(Repository.Short).ShouldBeEmpty();
    }

    [Fact]
    public void A_namespace_is_the_project_or_a_folder_of_it()
    {
        // A concept's folder may share the namespace of its project; what may not happen is a namespace that is no folder at all.
        Regex declaration = NamespaceDeclaration();
        foreach (string path in Repository.Sources("src"))
        {
            Match match = declaration.Match(File.ReadAllText(path));
            if (!match.Success)
            {
                continue;
            }

            string folder = Repository.Short(Path.GetDirectoryName(path)!)["src/".Length..].Replace('/', '.');
            string name = match.Groups[1].Value;
            (folder == name || folder.StartsWith(name + ".", StringComparison.Ordinal))
                .ShouldBeTrue($"{Repository.Short(path)} declares {name}");
        }
    }

    [Fact]
    public void Tests_do_not_sleep()
    {
        Regex sleeping = Sleeping();
        Repository.Sources("tests").Where(path => !path.EndsWith("SourceTests.cs", StringComparison.Ordinal))
            .Where(path => sleeping.IsMatch(File.ReadAllText(path))).Select(Repository.Short).ShouldBeEmpty();
    }

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay\((?!Timeout\.Infinite)")]
    private static partial Regex Sleeping();
}
