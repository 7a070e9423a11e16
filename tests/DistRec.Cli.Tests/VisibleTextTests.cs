using System.Text.Json;
using DistRec.Cli.Output;

namespace DistRec.Cli.Tests;

/// <summary>Ids and titles come from files that anybody wrote; a terminal obeys none of what is in them.</summary>
public sealed class VisibleTextTests : IDisposable
{
    private const string Red = "\u001b[31m";
    private const string Title = "\u001b]0;owned\u0007";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plain ünïcode 字", "plain ünïcode 字")]
    [InlineData("two\nlines\tand a tab\r\n", "two\nlines\tand a tab\r\n")]
    [InlineData("\u001b[31mred\u0007", "␛[31mred␇")]
    [InlineData("over\rwritten\b\u007f", "over␍written␈␡")]
    [InlineData("\u009b31m \u202etxt.exe", "\ufffd31m \ufffdtxt.exe")]
    public void Characters_that_a_terminal_obeys_become_signs(string text, string visible) => VisibleText.Of(text).ShouldBe(visible);

    [Fact]
    public async Task No_command_prints_what_ids_and_titles_would_make_a_terminal_do()
    {
        await TrainAsync();
        string user = $"u1{Red}";
        string[][] commands =
        [
            ["recommend", "--model", _folder["model"], "--user", user, "--n", "5"],
            ["predict", "--model", _folder["model"], "--user", user, "--item", $"i1{Title}"],
            ["explain", "--model", _folder["model"], "--user", user, "--item", $"i1{Title}"],
            ["similar", "--model", _folder["model"], "--item", $"i1{Title}", "--n", "5"],
            ["similar", "--model", _folder["model"], "--user", user],
            ["inspect", "--model", _folder["model"]],
            ["recommend", "--model", _folder["model"], "--user", $"nobody{Red}"],
            ["recommend", "--model", _folder["model"], "--user", user, "--filter", $"{Red}=1"],
            ["recommend", "--model", $"{Red}", "--user", user],
        ];
        foreach (string[] command in commands)
        {
            foreach (bool isTerminal in new[] { false, true })
            {
                CommandResult result = await CommandLine.RunAsync(host => host with { OutputIsTerminal = isTerminal }, command);

                // What is left of a terminal's own are the colours and lines of tables.
                (result.Output + result.Error).ShouldNotContain(Red);
                (result.Output + result.Error).ShouldNotContain("\u0007");
            }
        }

        (await CommandLine.RunAsync(commands[0])).Output.ShouldContain("user u1␛[31m: ranked by");
        (await CommandLine.RunAsync(commands[0])).Output.ShouldContain("␛]0;owned␇");
    }

    [Fact]
    public async Task Programs_get_ids_as_they_are()
    {
        await TrainAsync();
        JsonElement json = await CommandLine.JsonAsync("recommend", "--model", _folder["model"], "--user", $"u1{Red}", "--n", "5");
        CommandResult piped = await CommandLine.RunAsync("recommend", "--model", _folder["model"], "--users", "all", "--n", "1");
        CommandResult shown = await CommandLine.RunAsync(host => host with { OutputIsTerminal = true }, "recommend", "--model", _folder["model"], "--users", "all", "--n", "1");

        json.GetProperty("user").GetString().ShouldBe($"u1{Red}");
        piped.Output.ShouldContain($"\nu1{Red},1,");
        shown.Output.ShouldContain("\nu1␛[31m,1,");
    }

    private async Task TrainAsync()
    {
        _folder.Write("data/ratings.csv", ["user,item,rating", .. Enumerable.Range(0, 90).Where(cell => cell % 4 != 0).Select(cell => $"u{cell / 9}{Red},i{cell % 9}{Title},{1 + (cell % 5)}")]);
        await CommandLine.JsonAsync("train", "--data", _folder["data"], "--model", "als", "--rank", "2", "--epochs", "2", "--test-ratio", "0", "--validation-ratio", "0", "--quiet", "--out", _folder["model"]);
    }
}
