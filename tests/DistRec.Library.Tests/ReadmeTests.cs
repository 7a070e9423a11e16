using System.Text.RegularExpressions;
using DistRec.Data;

namespace DistRec.Library.Tests;

public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("src/DistRec.Library/README.md")]
    public void Examples_are_those_that_compile(string readme)
    {
        string[] source = LinesOf(File.ReadAllText(Path.Combine(Checkout.Root, "tests/DistRec.Library.Tests/ReadmeExamples.cs")));
        string[] usings = [.. source.Where(line => line.StartsWith("using ", StringComparison.Ordinal)), "using DistRec;"];
        string text = string.Join('\n', source);
        MatchCollection examples = Example().Matches(File.ReadAllText(Path.Combine(Checkout.Root, readme)));
        examples.Count.ShouldBeGreaterThan(0);
        foreach (string[] lines in examples.Select(example => LinesOf(example.Groups[1].Value)))
        {
            lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal)).Except(usings).ShouldBeEmpty();
            text.ShouldContain(string.Join('\n', lines.Where(line => !line.StartsWith("using ", StringComparison.Ordinal))));
        }
    }

    [Fact]
    public async Task Examples_run()
    {
        string before = Environment.CurrentDirectory, folder = Directory.CreateTempSubdirectory("distrec-").FullName;
        RatingData made = SyntheticRatings.Generate(new SyntheticOptions
        {
            RatingCount = 8_000, UserCount = 150, ItemCount = 400, Rank = 2, Titles = true, Seed = 5, Threads = 1,
        }).Data;
        Directory.CreateDirectory(Path.Combine(folder, "ml-latest-small"));
        RatingWriter.WriteCsv(made, Path.Combine(folder, "ml-latest-small/ratings.csv"));
        TextWriter console = Console.Out;
        using StringWriter output = new();
        try
        {
            Environment.CurrentDirectory = folder;
            Console.SetOut(TextWriter.Synchronized(output));
            await ReadmeExamples.RunAsync();
        }
        finally
        {
            Console.SetOut(console);
            Environment.CurrentDirectory = before;
        }

        string said = output.ToString();
        said.ShouldContain("test RMSE 0.");
        said.ShouldContain("10. ");
        said.ShouldContain("the user was folded in by 2 ratings");
        said.TrimEnd().ShouldEndWith("True");
        Directory.Delete(folder, recursive: true);
    }

    private static string[] LinesOf(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
