using System.Globalization;
using DistRec.Cli.Arguments;

namespace DistRec.Cli.Tests;

/// <summary>Events that cannot go into training.</summary>
public sealed class EventMistakeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train --events nowhere --data {0}", "--events: expected the data folder or database of a server, or a file of events, found nothing at \"nowhere\"; check the path")]
    [InlineData("train --events {1} --data {0}", "--events: expected the data folder of a server, with serving.db in it, found none in \"{1}\"; give a server's --data-dir or --database")]
    [InlineData("train --events {0}", "--events: expected nothing without --data, found \"{0}\"; give the ratings as one file or folder")]
    [InlineData("train --events-until 7 --data {0}", "--events-until: expected nothing without --events, found \"7\"; leave it out")]
    [InlineData("retrain", "DIR: expected the folder of a model, found nothing; give the folder that distrec train saved to")]
    [InlineData("retrain {1}", "DIR: expected the folder of a model, found none at \"{1}\"; give the folder that distrec train saved to")]
    public async Task What_is_wrong_is_named(string typed, string expected)
    {
        string data = _folder.Write("wrong/r.csv", ["user,item,rating", .. RetrainTests.Rows]);
        string folder = Path.GetDirectoryName(data)!;

        CommandResult result = await CommandLine.RunAsync([.. typed.Split(' ').Select(word => string.Format(CultureInfo.InvariantCulture, word, data, folder))]);

        string path = expected.Replace("{0}", data, StringComparison.Ordinal).Replace("{1}", folder, StringComparison.Ordinal);
        result.Mistakes[0].ShouldBe(path.Replace($"\"{data}\"", GivenOptions.Quote(data), StringComparison.Ordinal).Replace($"\"{folder}\"", GivenOptions.Quote(folder), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_out_of_the_range_of_ratings_is_named()
    {
        string data = _folder.Write("range/r.csv", ["user,item,rating", .. RetrainTests.Rows]);
        string events = _folder.Write("range/events.csv", ["kind,user,item,value", "rating,u3,i1,7"]);

        (await CommandLine.RunAsync(["train", "--data", data, "--events", events, "--max-rating", "5", .. RetrainTests.Shape, "--out", _folder["range/model"]])).Mistake
            .ShouldBe("the events: expected ratings from -1,000,000,000 to 5, found 7 of item \"i1\" by user \"u3\"; widen --min-rating and --max-rating, or train without the events");
    }
}
