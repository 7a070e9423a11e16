using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Tests.Vectors;

public sealed class AccumulateTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public void Sums_and_differences_are_taken_element_by_element(int length)
    {
        float[] x = [.. Enumerable.Range(0, length).Select(i => i + 0.25f)];
        float[] y = [.. Enumerable.Range(0, length).Select(i => (3f * i) - 7)];
        float[] sum = [.. x];
        Accumulate.Add(sum, y);
        sum.ShouldBe(x.Zip(y, (a, b) => a + b));
        float[] difference = [.. x];
        Accumulate.SubtractFrom(difference, y);
        difference.ShouldBe(x.Zip(y, (a, b) => b - a));
    }

    [Fact]
    public void Vectors_of_other_lengths_are_refused()
    {
        Should.Throw<ArgumentException>(() => Accumulate.Add(new float[3], new float[4]));
        Should.Throw<ArgumentException>(() => Accumulate.SubtractFrom(new float[4], new float[3]));
    }
}
