using DistRec.Cli.Jobs;
using DistRec.Cli.Arguments;
using DistRec.Cli.Cluster;

namespace DistRec.Cli.Tests;

public sealed class SubmittedJobTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Watching from another folder once lost the files of features: their paths were kept as they were typed.
    [Theory]
    [InlineData("data")]
    [InlineData("train")]
    [InlineData("test")]
    [InlineData("implicit-file")]
    [InlineData("user-features")]
    [InlineData("item-features")]
    public void Files_of_a_job_are_found_from_any_folder(string option)
    {
        string file = _folder.Write("file.csv", "1,2,3");
        string typed = Path.GetRelativePath(Environment.CurrentDirectory, file);

        IReadOnlyDictionary<string, string> saved = TrainOptions.Kept(
            new GivenOptions(new Dictionary<string, GivenValue> { [option] = new(typed, $"--{option}") }, new Mistakes()));

        saved[option].ShouldBe(file);
    }
}
