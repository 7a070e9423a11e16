namespace DistRec.Data.Tests.Features;

public sealed class LabelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1 1:1\n0 1:1\n", "0 2:1\n", LabelKind.ZeroOne)]
    [InlineData("+1 1:1\n-1 1:1\n", "1 2:1\n", LabelKind.PlusMinusOne)]
    [InlineData("1 1:1\n", "-1 1:1\n", LabelKind.PlusMinusOne)]
    [InlineData("1 1:1\n0 1:1\n", "-1 2:1\n", LabelKind.Numbers)]
    [InlineData("1 1:1\n2 1:1\n", "1 2:1\n", LabelKind.OneTwo)]
    public void Kinds_are_those_of_all_parts(string train, string test, LabelKind expected) => Labels.KindOf(Read(train, test)).ShouldBe(expected);

    [Fact]
    public void Minus_1_becomes_0()
    {
        FeatureData data = Labels.ToClasses(Read("+1 1:1\n-1 2:1\n", "-1 1:1\n"));

        data.Train.Targets.ShouldBe([1, 0]);
        data.Test!.Targets.ShouldBe([0]);
        data.Test.Blocks.ShouldBeSameAs(data.Train.Blocks);
        FeatureData same = Read("1 1:1\n0 2:1\n", "1 1:1\n");
        Labels.ToClasses(same).ShouldBeSameAs(same);
    }

    [Fact]
    public void Of_one_and_two_the_larger_one_is_positive_also_in_rows_of_one_class_that_do_not_tell()
    {
        Labels.ToClasses(Read("2 1:1\n1 2:1\n", "2 1:1\n")).Train.Targets.ShouldBe([1, 0]);
        Labels.ToClasses(Read("1 1:1\n1 2:1\n", "1 1:1\n"), LabelKind.OneTwo).Train.Targets.ShouldBe([0, 0]);
        Labels.ToClasses(Read("1 1:1\n1 2:1\n", "1 1:1\n")).Train.Targets.ShouldBe([1, 1]);
    }

    [Fact]
    public void Other_targets_are_refused_by_their_values() =>
        Should.Throw<InputException>(() => Labels.ToClasses(Read("1 1:1\n2 1:1\n3.5 1:1\n4 1:1\n5 1:1\n6 1:1\n", "0 1:1\n"))).Message.ShouldBe(
            "targets: expected 0 and 1, −1 and 1, or 1 and 2, for classification, found 0, 1, 2, 3.5, 4, …; say from which rating on one is positive, or learn a regression");

    private FeatureData Read(string train, string test) => FeatureReader.Read(_folder.Write("train", train), _folder.Write("test", test));
}
