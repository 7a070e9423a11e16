using DistRec.Training.Journal;
using DistRec.Training.Tests.Coordination;
using Microsoft.Extensions.Logging;

namespace DistRec.Training.Tests.Journal;

public sealed class PatientJournalTests : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly ScriptedJournal _journal = new();
    private readonly RecordingLogger _logger = new();
    private readonly SkippingTime _time = new();
    private readonly PatientJournal _patient;

    public PatientJournalTests()
    {
        _journal.Add(SmallJobs.Als());
        _patient = new PatientJournal(_journal, _logger, _time);
    }

    public static TheoryData<string> Calls { get; } = ["pending", "list", "find", "append", "begin a term", "require the newest"];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_journal_that_refuses_is_asked_again_after_a_pause_until_it_answers(string call)
    {
        _journal.Fail([.. Enumerable.Range(1, 3).Select(attempt => new JobJournalException($"here: found the disk full, attempt {attempt}."))]);

        await CallAsync(call, CancellationToken.None).WaitAsync(Bound);

        _journal.Calls.ShouldBe(4);
        _time.Waits.ShouldBe([PatientJournal.Pause, PatientJournal.Pause, PatientJournal.Pause]);
        _logger.Lines.Select(line => line.Text).ShouldBe(
            Enumerable.Range(1, 3).Select(attempt => $"The jobs wait for their journal: here: found the disk full, attempt {attempt}."));
        _logger.Lines.ShouldAllBe(line => line.Level == LogLevel.Error);
    }

    [Fact]
    public async Task An_event_is_appended_once_although_the_journal_refused_it_at_first()
    {
        _journal.Fail(new JobJournalException("refused"));
        await CallAsync("append", CancellationToken.None).WaitAsync(Bound);
        _journal.Appended.Count.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_trying_again_does_not_mend_is_thrown_at_once(string call)
    {
        _journal.Fail(new UnknownJobException("here", "j"), new SupersededException("here", 1, 2), new InvalidOperationException("it makes no sense"));
        await Should.ThrowAsync<UnknownJobException>(() => CallAsync(call, CancellationToken.None));
        await Should.ThrowAsync<SupersededException>(() => CallAsync(call, CancellationToken.None));
        await Should.ThrowAsync<InvalidOperationException>(() => CallAsync(call, CancellationToken.None));
        _time.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_gives_up_does_not_wait_for_the_pause_to_end()
    {
        SkippingTime still = new() { StandsStill = true };
        PatientJournal patient = new(_journal, _logger, still);
        _journal.Fail(new JobJournalException("refused"));
        using CancellationTokenSource cancel = new();
        Task waiting = patient.PendingAsync(cancel.Token);
        SpinWait.SpinUntil(() => !still.Waits.IsEmpty, Bound).ShouldBeTrue();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));
        _journal.Calls.ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    private Task CallAsync(string call, CancellationToken token) => call switch
    {
        "pending" => _patient.PendingAsync(token),
        "list" => _patient.ListAsync(token),
        "find" => _patient.FindAsync("j", token),
        "begin a term" => _patient.BeginTermAsync(token),
        "require the newest" => _patient.RequireNewestAsync(1, token),
        _ => _patient.AppendAsync("j", new JobEvent { Sequence = 1, Note = new Note() }, token),
    };
}
