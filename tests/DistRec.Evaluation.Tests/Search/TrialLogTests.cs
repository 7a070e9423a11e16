using DistRec.Data;
using DistRec.Evaluation.Search;

namespace DistRec.Evaluation.Tests.Search;

public sealed class TrialLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-trials-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "new", "trials.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_added_is_there_when_the_log_is_opened_again()
    {
        TrialRecord first = Trial("a", 0.9), second = Trial("b", null);
        using (TrialLog log = TrialLog.Open(Path))
        {
            log.Add(first);
            log.Add(second);
        }

        using TrialLog again = TrialLog.Open(Path);
        again.Count.ShouldBe(2);
        again.Find("a").ShouldNotBeNull().ShouldBeEquivalentTo(first);
        again.Find("b").ShouldNotBeNull().Failure.ShouldBe("it diverged");
        again.Find("c").ShouldBeNull();
    }

    [Fact]
    public void What_a_killed_process_left_of_a_line_is_removed_and_the_next_one_stands_alone()
    {
        using (TrialLog log = TrialLog.Open(Path))
        {
            log.Add(Trial("a", 0.9));
        }

        File.AppendAllText(Path, "{\"key\":\"b\",\"sett");
        using (TrialLog log = TrialLog.Open(Path))
        {
            log.Count.ShouldBe(1);
            log.Add(Trial("b", 0.8));
        }

        File.ReadAllLines(Path).Length.ShouldBe(2);
        using TrialLog again = TrialLog.Open(Path);
        again.Find("b").ShouldNotBeNull().Figures["rmse"].ShouldBe(0.8);
    }

    [Fact]
    public void A_trial_is_in_the_file_before_the_log_is_closed()
    {
        using TrialLog log = TrialLog.Open(Path);
        new FileInfo(Path).Length.ShouldBe(0);

        log.Add(Trial("a", 0.9));

        new FileInfo(Path).Length.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void A_second_writer_is_refused()
    {
        using TrialLog log = TrialLog.Open(Path);

        Should.Throw<InputException>(() => TrialLog.Open(Path)).Message.ShouldStartWith($"{Path}: expected a file that this process alone may write, found ");
    }

    [Fact]
    public void A_line_that_is_no_trial_is_named()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using (TrialLog log = TrialLog.Open(Path))
        {
            log.Add(Trial("a", 0.9));
        }

        File.AppendAllText(Path, "{}\n");

        Should.Throw<InputException>(() => TrialLog.Open(Path)).Message
            .ShouldBe($"{Path}:2: expected a finished trial as JSON, found {{}}; remove the line, or give another folder");
    }

    private static TrialRecord Trial(string key, double? rmse) => new(
        key,
        new Dictionary<string, string> { ["rank"] = "16" },
        rmse is null ? new Dictionary<string, double?>() : new Dictionary<string, double?> { ["rmse"] = rmse },
        9,
        6,
        1.5,
        rmse is null ? "it diverged" : null);
}
