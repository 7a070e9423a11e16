using DistRec.Serving.Registry;

namespace DistRec.Serving.Tests.Registry;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("films")]
    [InlineData("ml-20m_v2.1")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_name_is_part_of_addresses_and_files_names(string name) => ModelName.Require(name);

    [Theory]
    [InlineData("")]
    [InlineData("Films")]
    [InlineData("ü")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData(".a")]
    [InlineData("-a")]
    [InlineData("a.")]
    [InlineData("a.blob")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void What_is_none_is_refused_by_name(string name) => Should.Throw<InputException>(() => ModelName.Require(name)).Message.ShouldBe(
        $"the model's name: expected 1 to 64 characters of a-z, 0-9, '.', '_' and '-', the first and the last a letter or a digit, found \"{name}\"; choose another name");
}
