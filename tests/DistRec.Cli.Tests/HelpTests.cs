namespace DistRec.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    public async Task The_program_alone_shows_its_verbs_and_examples(string arguments)
    {
        CommandResult result = await CommandLine.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        result.ExitCode.ShouldBe(0);
        foreach (string verb in new[] { "train", "evaluate", "predict", "recommend", "similar", "explain", "map", "data", "inspect" })
        {
            result.Output.ShouldContain(verb);
        }

        result.Output.ShouldContain("Examples:");
        result.Output.ShouldNotContain("additional arguments");
    }

    [Theory]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("recommend")]
    [InlineData("similar")]
    [InlineData("explain")]
    [InlineData("map")]
    [InlineData("data")]
    [InlineData("data info")]
    [InlineData("data generate")]
    [InlineData("data download")]
    [InlineData("submit")]
    [InlineData("jobs")]
    [InlineData("watch")]
    [InlineData("cancel")]
    [InlineData("cluster")]
    [InlineData("cluster status")]
    [InlineData("inspect")]
    [InlineData("serve")]
    [InlineData("keys")]
    [InlineData("keys create")]
    [InlineData("keys list")]
    [InlineData("keys revoke")]
    public async Task Every_verb_has_help_with_an_example(string verb)
    {
        CommandResult result = await CommandLine.RunAsync([.. verb.Split(' '), "--help"]);

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("Examples:");
        result.Output.ShouldContain($"  distrec {verb}");
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        CommandResult result = await CommandLine.RunAsync("--version");

        result.ExitCode.ShouldBe(0);
        result.Output.TrimEnd().ShouldStartWith("distrec ");
        result.Output.TrimEnd().ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("trian", "found \"trian\"; did you mean train?")]
    [InlineData("--verison", "found \"--verison\"; did you mean --version?")]
    [InlineData("data inf", "found \"inf\"; did you mean info?")]
    [InlineData("data info x --treads 2", "--treads: expected an option of data info, found an unknown one; did you mean --threads?")]
    public async Task An_unknown_word_is_refused_with_the_nearest_one(string command, string expected)
    {
        CommandResult result = await CommandLine.RunAsync(command.Split(' '));

        result.ExitCode.ShouldBe(2);
        result.Mistakes[0].ShouldEndWith(expected);
    }

    [Fact]
    public async Task Defaults_in_help_are_those_of_the_models()
    {
        CommandResult result = await CommandLine.RunAsync("train", "--help");

        string text = string.Join(' ', result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        text.ShouldContain($"[mf {new Models.MatrixFactorization.MfOptions().Rank}, als {new Models.Als.AlsOptions().Rank}, als-implicit {new Models.ImplicitAls.ImplicitAlsOptions().Rank}");
        text.ShouldContain($"[mf {new Models.MatrixFactorization.MfOptions().LearningRate}, svd++ {new Models.Feedback.FeedbackOptions().LearningRate}, ");
    }
}
