using DistRec.Training.Coordination;

namespace DistRec.Training.Tests.Coordination;

public sealed class IncarnationsTests
{
    private readonly Incarnations _incarnations = new();

    [Fact]
    public void A_partition_is_known_from_its_first_incarnation_on()
    {
        _incarnations.Knows(SmallJobs.User()).ShouldBeFalse();
        _incarnations.Renew(SmallJobs.User(), 7).ShouldBeTrue();
        _incarnations.Known.ShouldBe([SmallJobs.User()]);
        _incarnations.IsCurrent(SmallJobs.User(), 7).ShouldBeTrue();
        _incarnations.IsCurrent(SmallJobs.Item(), 7).ShouldBeFalse();
    }

    [Fact]
    public void An_incarnation_is_news_once_and_never_again_when_another_has_followed()
    {
        _incarnations.Renew(SmallJobs.User(), 7);
        _incarnations.Renew(SmallJobs.User(), 7).ShouldBeFalse();
        _incarnations.Renew(SmallJobs.User(), 8).ShouldBeTrue();
        _incarnations.Renew(SmallJobs.User(), 7).ShouldBeFalse("word of it came late");
        _incarnations.IsCurrent(SmallJobs.User(), 7).ShouldBeFalse();
        _incarnations.IsCurrent(SmallJobs.User(), 8).ShouldBeTrue();
    }

    [Fact]
    public void An_incarnation_that_was_let_go_never_comes_back_whatever_it_answers()
    {
        _incarnations.Renew(SmallJobs.User(), 7);
        _incarnations.LetGo(SmallJobs.User(), 7);
        _incarnations.Knows(SmallJobs.User()).ShouldBeFalse();
        _incarnations.Renew(SmallJobs.User(), 7, isThere: true).ShouldBeFalse();
        _incarnations.Renew(SmallJobs.User(), 8).ShouldBeTrue();
        _incarnations.LetGo(SmallJobs.User(), 6);
        _incarnations.Of(SmallJobs.User()).ShouldBe(8UL);
    }
}
