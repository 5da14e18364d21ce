from centres.maps import Dot, near_map, place_labels, world_map
from centres.models import Party

BOX = (0, 0, 200, 100)


def at(x, y, pk=1, name="Fiji"):
    return Party(pk=pk, iso2=f"{pk:02}", name_en=name, map_x=x, map_y=y)


def test_parties_without_a_centre_are_ringed_and_seats_are_named():
    drawn = world_map([at(20, 20), at(60, 60, pk=2)], without_centre={2}, seats=[(at(20, 20), "ACB"), (at(60, 60), "")])
    assert [dot.kind for dot in drawn.dots] == ["", "none"]
    assert [label.text for label in drawn.labels] == ["ACB"]
    assert drawn.view_box == "10 10 60 60"


def test_a_party_without_a_place_is_not_on_the_map():
    union = Party(pk=3, iso2="EU", name_en="European Union")
    drawn = world_map([at(20, 20), union], without_centre=set(), seats=[(union, "JRC")])
    assert [len(drawn.dots), len(drawn.seats)] == [1, 0]


def test_an_empty_map_has_nothing_to_show():
    assert world_map([], without_centre=set(), seats=[]).dots == []
    assert near_map([], served=[], seats=[]) is None


def test_the_neighbourhood_shows_the_parties_served_filled_and_the_others_around():
    inside, beside, far = at(300, 100), at(330, 110, pk=2), at(900, 100, pk=3)
    drawn = near_map([inside, beside, far], served=[inside], seats=[inside])
    assert [dot.kind for dot in drawn.dots] == ["in", ""]
    assert drawn.view_box == "180 45 240 110"


def test_a_name_goes_to_the_side_where_nothing_stands():
    labels = place_labels([(Dot(100, 50), "Fiji")], [Dot(100, 50), Dot(115, 50)], BOX, letter=4, gap=6)
    assert [(label.text, label.end) for label in labels] == [("Fiji", True)]


def test_a_name_that_fits_nowhere_is_left_to_the_list():
    crowd = [Dot(x, y) for x in range(60, 150, 10) for y in range(20, 90, 10)]
    assert place_labels([(Dot(100, 50), "Fiji")], crowd, BOX, letter=4, gap=6) == []
