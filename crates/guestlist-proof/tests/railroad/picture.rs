//! A picture read back from its SVG: what stands where. Whatever is not understood is an error, so that nothing escapes the laws.

/// What a shape or a text takes, in pixels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) what: String,
    pub(crate) left: i64,
    pub(crate) top: i64,
    pub(crate) right: i64,
    pub(crate) bottom: i64,
}

impl Area {
    fn new(what: String, [left, top, width, height]: [i64; 4]) -> Area {
        assert!(width >= 0 && height >= 0, "{what}");
        Area { what, left, top, right: left + width, bottom: top + height }
    }

    pub(crate) fn is_apart_from(&self, other: &Area) -> bool {
        self.right <= other.left
            || other.right <= self.left
            || self.bottom <= other.top
            || other.bottom <= self.top
    }

    /// The area and so much around it.
    pub(crate) fn with_margin(&self, margin: i64) -> Area {
        Area {
            what: self.what.clone(),
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    pub(crate) fn holds(&self, other: &Area) -> bool {
        self.left <= other.left
            && self.right >= other.right
            && self.top <= other.top
            && self.bottom >= other.bottom
    }
}

/// Everything that is drawn.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    pub(crate) paper: Option<Area>,
    /// Boxes, chips, frames and circles.
    pub(crate) shapes: Vec<Area>,
    /// Texts in boxes and circles.
    pub(crate) texts: Vec<Area>,
    /// Captions and notes.
    pub(crate) captions: Vec<Area>,
    /// Straight parts of lines.
    pub(crate) lines: Vec<Area>,
    /// How many tracks leave another one.
    pub(crate) branches: usize,
    pub(crate) title: String,
    pub(crate) description: String,
}

impl Picture {
    pub(crate) fn read(svg: &str) -> Picture {
        let document = roxmltree::Document::parse(svg).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(
            root.attribute("viewBox").unwrap(),
            format!("0 0 {} {}", root.attribute("width").unwrap(), root.attribute("height").unwrap())
        );
        let labelled: Vec<&str> = root.attribute("aria-labelledby").unwrap().split(' ').collect();
        let mut picture = Picture::default();
        let in_captions = |node: roxmltree::Node<'_, '_>| {
            node.ancestors().any(|node| node.attribute("class") == Some("captions"))
        };
        for node in root.descendants().filter(roxmltree::Node::is_element) {
            let class = node.attribute("class").unwrap_or_default();
            let number = |name: &str| node.attribute(name).map_or(0, |number| number.parse::<i64>().unwrap());
            let text = node.text().unwrap_or_default();
            match node.tag_name().name() {
                "svg" | "g" | "style" => {}
                "title" => {
                    assert_eq!(node.attribute("id"), Some(labelled[0]));
                    picture.title = text.to_string();
                }
                "desc" => {
                    assert_eq!(node.attribute("id"), Some(labelled[1]));
                    picture.description = text.to_string();
                }
                "rect" => {
                    let area = Area::new(
                        class.to_string(),
                        [number("x"), number("y"), number("width"), number("height")],
                    );
                    if class == "paper" {
                        picture.paper = Some(area);
                    } else {
                        picture.shapes.push(area);
                    }
                }
                "circle" => {
                    let r = number("r");
                    let place = [number("cx") - r, number("cy") - r, 2 * r, 2 * r];
                    picture.shapes.push(Area::new(class.to_string(), place));
                }
                // As wide as the widest of the usual monospace fonts draws it, and as high as a line of it above and below the base.
                "text" if in_captions(node) => {
                    let width = i64::try_from(text.chars().count()).unwrap() * 11 * 61 / 100;
                    let place = [number("x"), number("y") - 9, width, 12];
                    picture.captions.push(Area::new(text.to_string(), place));
                }
                "text" => {
                    let width = i64::try_from(text.chars().count()).unwrap() * 13 * 61 / 100;
                    let place = [number("x") - width / 2, number("y") - 10, width, 13];
                    picture.texts.push(Area::new(text.to_string(), place));
                }
                "path" => picture.path(node.attribute("d").unwrap()),
                other => panic!("what is a {other}?"),
            }
        }
        picture
    }

    /// Lines as they are drawn: moves, straight lines, and quarters of a circle.
    fn path(&mut self, data: &str) {
        let (mut x, mut y) = (0, 0);
        let mut rest = data;
        while let Some(command) = rest.chars().next() {
            let end = rest[1..].find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |at| at + 1);
            let numbers = numbers(&rest[1..end]);
            let (from_x, from_y) = (x, y);
            match (command, numbers.as_slice()) {
                ('M', [to_x, to_y]) => (x, y) = (*to_x, *to_y),
                ('H', [to]) => x = *to,
                ('V', [to]) => y = *to,
                ('q', [_, down, right, by]) => {
                    // A branch begins by going down and then to the right.
                    self.branches += usize::from(*down > 0 && *by > 0 && *right > 0);
                    x += right;
                    y += by;
                }
                other => panic!("what is {other:?} in {data}?"),
            }
            if matches!(command, 'H' | 'V') {
                assert!(x >= from_x && y >= from_y, "a line that goes back: {data}");
                self.lines.push(Area::new(command.to_string(), [from_x, from_y, x - from_x, y - from_y]));
            }
            rest = &rest[end..];
        }
    }
}

fn numbers(text: &str) -> Vec<i64> {
    text.replace('-', " -").split_whitespace().map(|number| number.parse().unwrap()).collect()
}
