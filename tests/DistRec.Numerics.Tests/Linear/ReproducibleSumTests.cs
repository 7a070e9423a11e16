using System.Numerics;
using DistRec.Numerics.Random;
using FsCheck;
using FsCheck.Fluent;

namespace DistRec.Numerics.Tests.Linear;

public sealed class ReproducibleSumTests
{
    [Fact]
    public void Any_order_and_any_grouping_give_the_same_bits()
    {
        for (int round = 0; round < 50; round++)
        {
            var random = new EntityRandom(3, RandomPurpose.SyntheticRating, round);
            double[] values = [.. Enumerable.Range(0, 200).Select(_ => Math.Exp(12 * random.NextGaussian()))];
            ReproducibleSum forward = Sum(values);
            Sum(values.Reverse()).ShouldBe(forward);
            foreach (int size in new[] { 1, 3, 64 })
            {
                ReproducibleSum grouped = default;
                foreach (double[] group in values.Chunk(size).Reverse())
                {
                    grouped.Merge(Sum(group));
                }

                grouped.ShouldBe(forward);
                grouped.ToDouble().ShouldBe(forward.ToDouble());
            }
        }
    }

    [Fact]
    public void The_sum_is_that_of_exact_arithmetic_with_each_number_rounded_once()
    {
        for (int round = 0; round < 50; round++)
        {
            var random = new EntityRandom(4, RandomPurpose.SyntheticRating, round);
            double[] values = [.. Enumerable.Range(0, 100).Select(_ => Math.Exp(7 * random.NextGaussian() - 12))];
            BigInteger expected = 0;
            foreach (double value in values)
            {
                expected += RoundToUnits(value);
            }

            ReproducibleSum sum = Sum(values);
            (((BigInteger)sum.Whole << 64) + sum.Fraction).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(0.1)]
    [InlineData(2.44140625e-4)]
    [InlineData(3.0000000001)]
    [InlineData(1.8446744073709550e19)]
    [InlineData(5.421010862427522e-20)]
    public void A_number_of_the_exact_range_comes_back_as_it_was(double value) => Sum([value]).ToDouble().ShouldBe(value);

    [Theory]
    [InlineData(2.710505431213761e-20, 1)]
    [InlineData(2.7105054312137606e-20, 0)]
    [InlineData(8.131516293641283e-20, 2)]
    [InlineData(double.Epsilon, 0)]
    [InlineData(1e-300, 0)]
    public void Numbers_near_the_unit_round_half_up(double value, int units) => Sum([value]).Fraction.ShouldBe((ulong)units);

    [Fact]
    public void Minus_zero_is_zero() => Sum([-0.0, 2]).ShouldBe(Sum([2]));

    [Fact]
    public void The_largest_sum_reads_back_as_the_end_of_its_range() =>
        new ReproducibleSum(ulong.MaxValue, ulong.MaxValue).ToDouble().ShouldBe(18446744073709551616.0);

    [Fact]
    public void Any_numbers_in_any_order_give_the_same_bits()
    {
        Gen<double> numbers = ArbMap.Default.GeneratorFor<NormalFloat>().Select(number => Math.Abs(number.Get) % 1e15);
        Prop.ForAll(Gen.ArrayOf(numbers).ToArbitrary(), values => Sum(values.Order()) == Sum(values) && Sum(values.Reverse()) == Sum(values))
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-1)]
    public void What_has_no_place_in_the_range_is_refused(double value) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Sum([value]));

    [Fact]
    public void A_sum_that_would_pass_the_end_is_refused_and_left_as_it_was()
    {
        Should.Throw<OverflowException>(() => Sum([18446744073709551616.0]));
        Should.Throw<OverflowException>(() => Sum([double.MaxValue]));
        ReproducibleSum sum = Sum([1.8e19]);
        ReproducibleSum other = sum;
        Should.Throw<OverflowException>(() => sum.Add(1.8e19));
        Should.Throw<OverflowException>(() => sum.Merge(other));
        sum.ShouldBe(other);
    }

    [Fact]
    public void Its_halves_carry_it_over_a_wire()
    {
        ReproducibleSum sum = Sum([0.1, 7]);
        new ReproducibleSum(sum.Whole, sum.Fraction).ShouldBe(sum);
        sum.Whole.ShouldBe(7UL);
    }

    private static ReproducibleSum Sum(IEnumerable<double> values)
    {
        ReproducibleSum sum = default;
        foreach (double value in values)
        {
            sum.Add(value);
        }

        return sum;
    }

    private static BigInteger RoundToUnits(double value)
    {
        int exponent = Math.ILogB(value);
        BigInteger mantissa = new(Math.ScaleB(value, 52 - exponent));
        int shift = exponent - 52 + 64;
        if (shift >= 0)
        {
            return mantissa << shift;
        }

        return (mantissa + (BigInteger.One << (-shift - 1))) >> -shift;
    }
}
