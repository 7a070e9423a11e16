namespace DistRec.Training.Tests.Coordination;

public sealed class IncarnationsTests
{
    private readonly Incarnations _incarnations = new();

    [Fact]
    public void A_partition_is_known_from_its_first_incarnation_on()
    {
        _incarnations.Knows(SmallJobs.User()).ShouldBeFalse();
        _incarnations.Renew(SmallJobs.User(), 7, heard: 1).ShouldBeTrue();
        _incarnations.Known.ShouldBe([SmallJobs.User()]);
        _incarnations.IsCurrent(SmallJobs.User(), 7).ShouldBeTrue();
        _incarnations.IsCurrent(SmallJobs.Item(), 7).ShouldBeFalse();
    }

    [Fact]
    public void An_incarnation_is_news_once_and_never_again_when_another_has_followed()
    {
        _incarnations.Renew(SmallJobs.User(), 7, heard: 1);
        _incarnations.Renew(SmallJobs.User(), 7, heard: 2).ShouldBeFalse();
        _incarnations.Renew(SmallJobs.User(), 8, heard: 2).ShouldBeTrue("it failed at what it had heard, and began anew");
        _incarnations.Renew(SmallJobs.User(), 7, heard: 3).ShouldBeFalse("word of it came late");
        _incarnations.IsCurrent(SmallJobs.User(), 7).ShouldBeFalse();
        _incarnations.Of(SmallJobs.User()).ShouldBe(8UL);
    }

    [Fact]
    public void Of_two_that_speak_the_one_that_has_heard_more_lives_whoever_speaks_last()
    {
        _incarnations.Renew(SmallJobs.User(), 8, heard: 5);
        _incarnations.Renew(SmallJobs.User(), 7, heard: 4).ShouldBeFalse();
        _incarnations.Renew(SmallJobs.Item(), 7, heard: 4);
        _incarnations.Renew(SmallJobs.Item(), 8, heard: 5).ShouldBeTrue();
        new[] { SmallJobs.User(), SmallJobs.Item() }.ShouldAllBe(who => _incarnations.IsCurrent(who, 8));
    }

    [Fact]
    public void An_incarnation_that_was_let_go_never_comes_back_whatever_it_answers()
    {
        _incarnations.Renew(SmallJobs.User(), 7, heard: 1);
        _incarnations.LetGo(SmallJobs.User(), 7);
        _incarnations.Knows(SmallJobs.User()).ShouldBeFalse();
        _incarnations.Renew(SmallJobs.User(), 7, heard: 2).ShouldBeFalse();
        _incarnations.Renew(SmallJobs.User(), 8, heard: 1).ShouldBeTrue();
        _incarnations.LetGo(SmallJobs.User(), 6);
        _incarnations.Of(SmallJobs.User()).ShouldBe(8UL);
    }
}
